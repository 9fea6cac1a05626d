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
        ("server = 3", r"server must be a table: \[server\]"),
        ('[server]\nhost = "a"', r"Did you mean server\.hosts"),
        ('[server]\nhosts = "a"', "must be a list of names"),
        ('[server]\nhosts = ["https://a.org"]', "give names alone"),
        ("store = 3", r"store must be a table: \[store\]"),
        ('[store]\ndatabse = ""', r"Did you mean store\.database"),
        ("[store]\ndatabase = 3", r"store\.database must be a text"),
        ('[store]\ndatabase = "mysql://u:S3CRET@db/r"', "must be the URL of a PostgreSQL"),
        ('[store]\ndatabase = "postgresql://u:S3/CRET@db/r"', "%2F"),
    ],
)
def test_a_mistake_is_named(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceSettingsError, match=problem) as refused:
        read_settings(file)
    assert "CRET" not in str(refused.value)


def test_the_password_of_the_database_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_text('[store]\ndatabase = "postgresql://u:S3CRET@db/r"', encoding="utf-8")
    settings = read_settings(file)
    assert str(settings.database) == "postgresql://u@db/r"
    assert "S3CRET" not in repr(settings)
