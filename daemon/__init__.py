"""The hands: HTTP, schedule, retries, delivery, web server, systemd, command line."""

VERSION = "0.9.0"
