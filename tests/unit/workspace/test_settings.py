"""Settings that can't be read are a sentence, never a traceback."""

from pathlib import Path

import pytest

from studiolo.workspace.errors import WorkspaceSettingsError
from studiolo.workspace.settings import read_settings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name = ", "Invalid value"),
        (f"name = {'[' * 10_000}", "nested too deeply"),
        (f"name = {'9' * 10_000}", "thousands of digits"),
        ('[limits]\nmemory = "1MiB"', "at least 64MiB"),
        ('[limits]\ntimeout = "soon"', "not a duration"),
    ],
)
def test_a_mistake_is_named(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceSettingsError, match=problem):
        read_settings(file)
