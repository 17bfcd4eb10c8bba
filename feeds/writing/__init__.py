"""Writing: entries in; the bytes of a feed out. One format, one module, found by its name."""
