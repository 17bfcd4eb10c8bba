"""Site profiles from their files: those that come with bantin, and the user's beside the configuration."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import feeds
from feeds.errors import ProfileError
from feeds.reading.sites.file import read_profile
from feeds.reading.sites.profiles import Profile

BUILT_IN = Path(feeds.__file__).parent / "profiles"
FOLDER = "profiles"  # beside the configuration file


def load_profiles(folder: Path | None) -> tuple[Profile, ...]:
    """The user's profiles, which come first, and those of ours that they do not replace by name.

    ``folder`` need not be there. Raises `ProfileError` for a file that cannot be used.
    """
    own = _read_all(folder) if folder is not None else {}
    return tuple((own | {name: one for name, one in _read_all(BUILT_IN).items() if name not in own}).values())


def _read_all(folder: Path) -> dict[str, Profile]:
    """The profiles of a folder by name, in the order of the files' names."""
    found: dict[str, Profile] = {}
    for file in _files(folder):
        profile = _read(file)
        if profile.name in found:
            raise ProfileError(str(file), "name", f'is "{profile.name}", as in another file; give each its own')
        found[profile.name] = profile
    return found


def _files(folder: Path) -> Iterable[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".toml")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ProfileError(str(folder), "", f"cannot be read: {error.strerror}") from error


def _read(file: Path) -> Profile:
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise ProfileError(str(file), "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProfileError(str(file), "", f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    return read_profile(text, str(file))
