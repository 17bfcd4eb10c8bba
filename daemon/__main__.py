"""``python -m daemon`` is ``bantin``."""

from daemon.start import main

if __name__ == "__main__":
    main()
