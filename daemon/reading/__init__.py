"""Reading what other servers sent, in processes that can be ended."""
