"""The hands: HTTP, schedule, retries, delivery, web server, systemd, command line."""
