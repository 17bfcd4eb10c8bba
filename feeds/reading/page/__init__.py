"""What both readers ask of a page: its elements, head, data, pictures and names."""
