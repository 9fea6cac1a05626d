"""A workspace whose records are in PostgreSQL does what one with a file of its own does."""

import os
import subprocess
import sys
import textwrap
from urllib.parse import quote

import pytest

from studiolo.store.errors import DatabaseUnreachableError
from studiolo.workspace.workspace import Workspace

from ..store.postgresql_server import PASSWORD, PostgresqlServer
from ..workspaces import Watcher, WorkspaceFolder

NODES = """
    data: {dataset: numbers.csv}
    double: {module: execute-python-script, script: double.py, inputs: {dataset1: data}}
"""
DOUBLE = """
    import os
    def azureml_main(dataframe1=None, dataframe2=None):
        print("before\\0after", [name for name in os.environ if "PG" in name])
        dataframe1["value"] = dataframe1["value"] * 2
        return dataframe1,
"""
WAIT = """
    import time
    def azureml_main(dataframe1=None, dataframe2=None):
        print("waiting", flush=True)
        time.sleep(5)
"""


@pytest.fixture
def remote(
    place: WorkspaceFolder, postgresql: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> WorkspaceFolder:
    """A workspace with an experiment, and its records in a schema of its own."""
    bare = postgresql.new_schema().replace(f":{quote(PASSWORD, safe='')}", "")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    settings = place.root / "studiolo.toml"
    settings.write_text(f'name = "Remote"\n[store]\ndatabase = "{bare}"\n', encoding="utf-8")
    place.dataset("numbers.csv", "value\n1\n2\n")
    place.experiment(NODES, scripts={"double.py": DOUBLE})
    return place


def studiolo(place: WorkspaceFolder, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "studiolo", *words],
        cwd=place.root,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "500"},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_runs_are_recorded_kept_and_forgotten(remote: WorkspaceFolder) -> None:
    first = remote.run()
    assert first.status == "finished", first.failures
    assert first.table("double") == {"value": [2, 4]}
    assert remote.run().states["double"] == "kept"
    remote.dataset("numbers.csv", "value\n3\n")
    assert remote.run().table("double") == {"value": [6]}
    assert not (remote.root / ".studiolo" / "records.db").exists()
    with Workspace(remote.root) as workspace:
        # What it printed is there to the last character; the database's password it never saw.
        assert workspace.result(first.id)["double"].console == "before\0after []\n"
        assert len(workspace.runs.newest()) == 3
    code, said = studiolo(remote, "runs", "--keep", "1")
    assert code == 0, said
    with Workspace(remote.root) as workspace:
        assert len(workspace.runs.newest()) == 1


def test_what_is_wrong_is_told_on_the_terminal(
    remote: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "no secret")
    for words in (("runs",), ("run", "experiments/experiment")):
        code, said = studiolo(remote, *words)
        assert code == 2
        assert "error[database-login]: The server of the database" in said
        assert "Traceback" not in said
        assert "no secret" not in said


def test_tables_that_somebody_changed_are_told(
    remote: WorkspaceFolder, postgresql: PostgresqlServer
) -> None:
    remote.run()
    schema = (remote.root / "studiolo.toml").read_text().rpartition("%3D")[2].strip('"\n')
    postgresql.execute(f"ALTER TABLE {schema}.runs RENAME TO elsewhere")
    code, said = studiolo(remote, "runs")
    assert code == 2
    assert "error[database-unsuitable]" in said
    assert 'relation "runs" does not exist' in said
    assert "Traceback" not in said


def test_a_run_ends_when_the_server_goes_away_and_goes_on_when_it_is_back(
    remote: WorkspaceFolder, postgresql: PostgresqlServer
) -> None:
    name = postgresql.new_database()
    settings = remote.root / "studiolo.toml"
    settings.write_text(f'[store]\ndatabase = "{postgresql.url(name)}"\n', encoding="utf-8")
    remote.script("wait.py", WAIT)
    after = "wait: {module: execute-python-script, script: wait.py, inputs: {dataset1: double}}"
    remote.experiment(f"{textwrap.dedent(NODES)}{after}\n")
    watcher = Watcher()
    with Workspace(remote.root) as workspace:
        running = workspace.start(workspace.experiment("experiment"), observer=watcher)
        watcher.wait_for_console("wait", "waiting")
        # It is told once it is recorded, while the next one runs already.
        watcher.wait_for_state("double", "finished")
        postgresql.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgresql.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        with pytest.raises(DatabaseUnreachableError, match="is not currently accepting"):
            running.wait()
        with pytest.raises(DatabaseUnreachableError):
            workspace.runs.newest()
    postgresql.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    again = remote.run()
    assert again.status == "finished"
    assert (again.states["double"], again.states["wait"]) == ("kept", "finished")
