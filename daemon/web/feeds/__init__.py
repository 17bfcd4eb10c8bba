"""Documents for feed readers: put together, rendered, kept and answered."""
