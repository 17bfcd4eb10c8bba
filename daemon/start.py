"""The first of bantin's code that runs: until the rest is there, Ctrl-C ends it without a word."""

import signal


def main() -> None:
    """Run a command of ``bantin``."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from daemon.cli import main as run

    run()
