"""The first of bantin's code that runs, and the last: how the process begins and ends."""

import os
import signal
from threading import Timer

PATIENCE = 2.0  # seconds that threads have to end


def main() -> None:
    """Run a command of ``bantin``. Until the rest is there, Ctrl-C ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from daemon.cli import main as run

    try:
        run()
    except SystemExit as end:
        # Python waits for threads that work on something; what they work on is not stored yet, and is done again.
        ending = Timer(PATIENCE, os._exit, [end.code or 0])
        ending.daemon = True
        ending.start()
        raise
