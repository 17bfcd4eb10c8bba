"""What runs: the engine that polls and delivers, and the daemon around it."""
