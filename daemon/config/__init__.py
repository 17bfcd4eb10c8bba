"""The configuration: one TOML file, typed, checked as a whole, every fault named with its key and what is allowed.

`load` reads a file and gives a `Config`, or raises `ConfigError` with everything that is wrong with it. How the file
is written stands in `file`, what is checked in `check`, what comes out in `config`; `edit` changes a file and leaves
the rest of it as it was.
"""

from daemon.config.config import (
    NOWHERE,
    SYSTEM,
    Browser,
    Config,
    ConfigError,
    Fetch,
    Network,
    Server,
    default_user_agent,
    query_of,
)
from daemon.config.file import is_address, split_listen
from daemon.config.load import find, load, parse

__all__ = [
    "NOWHERE", "SYSTEM", "Browser", "Config", "ConfigError", "Fetch", "Network", "Server",
    "default_user_agent", "find", "is_address", "load", "parse", "query_of", "split_listen",
]  # fmt: skip
