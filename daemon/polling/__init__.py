"""One poll of one source: its lists, its stories' pages, and what reads them."""
