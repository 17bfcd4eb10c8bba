"""Where a daemon tells of itself, and what others may have put there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from daemon.running import Record, daemons


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder another user's")
def test_a_folder_that_is_anothers_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user of the machine could keep the daemon from starting, or be told whom to signal."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os.path, "isdir", lambda path: False)  # no /run/user either
    folder = tmp_path / f"bantin-{os.geteuid()}"
    folder.mkdir()
    os.chown(folder, 12345, -1)
    config = tmp_path / "bantin.toml"
    config.touch()
    with pytest.raises(FileNotFoundError):
        Record(config, {}).open()
    assert daemons(config, {}) == []
    os.chown(folder, os.geteuid(), -1)
    record = Record(config, {})
    record.open()
    assert len(list(folder.iterdir())) == 1
    record.close()
    assert list(folder.iterdir()) == []
