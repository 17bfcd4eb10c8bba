"""Site profiles: what helps where the general way errs."""
