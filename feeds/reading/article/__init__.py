"""Reading one article: from a page to what is published of it."""
