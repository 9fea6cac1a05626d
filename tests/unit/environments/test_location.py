import os
from pathlib import Path

import pytest

from studiolo.environments.location import environments_home, studiolo_home


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STUDIOLO_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_chosen_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STUDIOLO_HOME", "~/here")
    assert environments_home() == tmp_path / "here" / "environments"


def test_user_without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert studiolo_home() == tmp_path / ".local/share/studiolo"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert studiolo_home() == tmp_path / ".local/share/studiolo"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert studiolo_home() == tmp_path / "data" / "studiolo"


@pytest.mark.parametrize("writable", [True, False])
def test_root(writable: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "access", lambda *_: writable)
    home = Path("/var/lib/studiolo") if writable else tmp_path / ".local/share/studiolo"
    assert studiolo_home() == home
