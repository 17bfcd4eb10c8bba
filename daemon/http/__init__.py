"""Asking other servers: one module fetches, beside it what guards it."""
