"""What runs: the engine that polls and delivers, the daemon around it, threads and the store."""
