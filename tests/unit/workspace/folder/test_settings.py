"""Settings that can't be read are a sentence, never a traceback."""

import re
from pathlib import Path

import pytest

from studiolo.workspace.errors import WorkspaceSettingsError
from studiolo.workspace.folder.settings import read_settings


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("\nname = ", 2, "Invalid value"),
        (f"name = {'[' * 10_000}", None, "nested too deeply"),
        (f"name = {'9' * 10_000}", 1, "thousands of digits"),
        ("name = 3", 1, '"name" must be text in quotes, not 3.'),
        ('nmae = "x"', 1, 'the file has no key "nmae". Did you mean "name"?'),
        ('[limits]\nmemory = "1MiB"', 2, '"memory" in [limits]: "1MiB" is too little'),
        ('[limits]\ntimeout = "soon"', 2, '"timeout" in [limits]: "soon" is not a duration.'),
        ("[limits]\n\ncpus = 0", 3, '"cpus" in [limits] must be a whole number from 1, not 0.'),
        ('[limits]\ncpus = "-1"', 2, '"cpus" in [limits] must be a number above 0, not "-1".'),
        ("[limits]\ntimeout = 1.5", 2, "a whole number from 1, not 1.5."),
        ("server = 3", 1, '"server" must be a table, [server], not 3.'),
        (
            '[server]\nhost = "a"',
            2,
            '[server] has no key "host". Did you mean "hosts"? Its keys are "hosts",',
        ),
        ('[server]\nhosts = "a"', 2, '"hosts" in [server] must be a list of texts, not "a".'),
        ('[server]\nhosts = [\n"https://a.org"]', 2, "give names alone"),
        ("store = 3", 1, '"store" must be a table, [store], not 3.'),
        ('[store]\ndatabse = ""', 2, 'has no key "databse". Did you mean "database"?'),
        ("[store]\ndatabase = 3", 2, '"database" in [store] must be text in quotes.'),
        ('[store]\ndatabase = "mysql://u:S3CRET@db/r"', 2, "must be the URL of a PostgreSQL"),
        ('[store]\ndatabase = "postgresql://u:S3/CRET@db/r"', 2, "%2F"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    text: str, line: int | None, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceSettingsError, match=re.escape(problem)) as refused:
        read_settings(file)
    assert refused.value.line == line
    assert str(refused.value).startswith(
        f'The settings of the workspace, "{file}"' + (f", line {line}: " if line else ": ")
    )
    assert "CRET" not in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(WorkspaceSettingsError, match="not text in UTF-8"):
        read_settings(file)


def test_the_password_of_the_database_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "studiolo.toml"
    file.write_text('[store]\ndatabase = "postgresql://u:S3CRET@db/r"', encoding="utf-8")
    settings = read_settings(file)
    assert str(settings.database) == "postgresql://u@db/r"
    assert "S3CRET" not in repr(settings)
