"""One poll of one source: its lists, and its stories' pages."""
