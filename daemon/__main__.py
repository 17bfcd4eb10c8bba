"""``python -m daemon`` is ``bantin``."""

from daemon.cli import main

if __name__ == "__main__":
    main()
