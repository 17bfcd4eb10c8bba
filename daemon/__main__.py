"""``python -m daemon`` is ``bantin``."""

from daemon.cli import main

main()
