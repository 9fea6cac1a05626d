"""The rooms and files that ARCHITECTURE.md names are those of the source."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "studiolo"
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = PAGE.partition("## The rooms\n```\n")[2].partition("```")[0]
#: Modules that only begin the program.
_DOORS = {"__init__.py", "__main__.py"}


def test_every_room_is_named() -> None:
    rooms = {f"{path.name}/" for path in SOURCE.iterdir() if (path / "__init__.py").is_file()}
    modules = {path.name for path in SOURCE.glob("*.py")} - _DOORS
    named = set(re.findall(r"^([a-z_]+(?:/|\.py))", ROOMS, re.M)) - {"studiolo_guest/"}
    assert named == rooms | modules


def test_every_file_that_is_named_exists() -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*.*")]
    named = re.findall(r"`([\w/]+\.(?:py|toml))`", PAGE)
    missing = [name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files)]
    missing = [name for name in missing if not (ROOT / name).exists()]
    assert len(named) > 30
    assert missing == []
