"""From a file to a configuration, or to everything that is wrong with it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from stat import S_ISREG

from daemon.config.check import Checker
from daemon.config.config import SYSTEM, Config, ConfigError
from daemon.config.file import HOMES, File
from daemon.logs import hide
from feeds import toml


def find(explicit: Path | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: the one given, else ``./bantin.toml``, the user's, the system's.

    Raises `ConfigError` where there is none, saying where was looked.
    """
    if explicit is not None:
        return explicit
    home = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME", "/")) / ".config")
    places = [Path("bantin.toml"), home / "bantin" / "bantin.toml", SYSTEM]
    for file in places:
        try:
            if S_ISREG(file.stat().st_mode):
                return file
        except PermissionError as error:
            if file == SYSTEM:  # the service's own: it is there, and not for everybody
                raise ConfigError(file, [_forbidden(error)]) from error
        except OSError:
            pass  # there is none
    looked = ", ".join(str(file) for file in places)
    raise ConfigError("bantin.toml", [f"not found (looked for {looked}); make one with: bantin init"])


def _forbidden(error: OSError) -> str:
    """Why, and the same command again as somebody who may."""
    command = shlex.join(["bantin", *sys.argv[1:]])
    return f"cannot be read: {error.strerror}; it is another user's: sudo {command}"


def load(file: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Read and check a configuration file. Raises `ConfigError` with all that is wrong with it."""
    try:
        text = file.read_text("utf-8-sig")  # some editors begin a file with a byte order mark
    except PermissionError as error:
        raise ConfigError(file, [_forbidden(error)]) from error
    except OSError as error:
        raise ConfigError(file, [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(file, [f"is not UTF-8 (byte {error.start}); save it as UTF-8"]) from error
    return parse(text, file, env)


def parse(text: str, file: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Check the text of a configuration; ``file`` is what relative names are relative to. Raises `ConfigError`."""
    try:
        raw = toml.parse(text)
    except ValueError as error:
        raise ConfigError(file, [str(error)]) from error
    faults = toml.Faults(HOMES)
    try:
        config = Checker(toml.read(File, raw, faults), file, env, faults).config()
    except toml.TooManyFaultsError:
        raise ConfigError(file, [*faults.lines, "and perhaps more: mend these first"]) from None
    if faults.lines:
        raise ConfigError(file, faults.lines)
    hide(*config.secrets)
    return config
