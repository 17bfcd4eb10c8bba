"""What bantin serves: feeds, pages for people, and how it is."""
