"""Reading a list: from a page to the stories that it announces."""
