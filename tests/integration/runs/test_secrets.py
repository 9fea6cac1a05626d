"""Secrets: what a script is given by name, and that nothing which is kept shows it."""

from pathlib import Path

import pytest

from studiolo.modules.script import Script
from studiolo.store.run_record import NodeState
from studiolo.workspace.errors import (
    SecretMissingError,
    SecretNameError,
    SecretsUnreadableError,
    SecretValueError,
)
from studiolo.workspace.sandboxes.script_runs import run_script
from studiolo.workspace.sandboxes.secret_store import SecretStore

from ..workspaces import WorkspaceFolder

VALUE = "s3cret/with+signs=='"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SecretStore:
    made = SecretStore(tmp_path / "secrets")
    monkeypatch.setattr("studiolo.workspace.sandboxes.script_runs.SecretStore", lambda: made)
    return made


def test_secrets_are_kept_encrypted_for_their_owner_alone(
    store: SecretStore, tmp_path: Path
) -> None:
    store.set("DB_PASSWORD", "replaced later")
    store.set("DB_PASSWORD", VALUE)
    store.set("OTHER", "another value")
    assert store.names == ["DB_PASSWORD", "OTHER"]
    assert store.values(["DB_PASSWORD"]) == {"DB_PASSWORD": VALUE}
    folder = tmp_path / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert VALUE not in file.read_text()
    store.remove("OTHER")
    assert SecretStore(folder).names == ["DB_PASSWORD"]


def test_what_can_not_be_a_secret(store: SecretStore) -> None:
    for name in ("", "1A", "A-B", "A B", "A=B", "Ä", "PATH", "A" * 101):
        with pytest.raises(SecretNameError):
            store.set(name, VALUE)
    for value in ("", "1234x", "a\0bcdef", "x" * 40_000):
        with pytest.raises(SecretValueError) as raised:
            store.set("NAME", value)
        assert not value or value not in str(raised.value)
    assert store.names == []


def test_a_secret_that_does_not_exist(store: SecretStore) -> None:
    store.set("DB_PASSWORD", VALUE)
    with pytest.raises(SecretMissingError, match='Did you mean "DB_PASSWORD"'):
        store.values(["DB_PASWORD"])
    with pytest.raises(SecretMissingError, match="secret set NOTHING"):
        run_script(Script(source="def azureml_main(): pass", name="a.py"), secrets=["NOTHING"])
    with pytest.raises(SecretMissingError):
        store.remove("NOTHING")


def test_damaged_files_are_named(store: SecretStore, tmp_path: Path) -> None:
    store.set("DB_PASSWORD", VALUE)
    key = tmp_path / "secrets" / "key"
    kept = key.read_bytes()
    key.write_bytes(b"x" * 44)
    with pytest.raises(SecretsUnreadableError, match="key"):
        store.values(["DB_PASSWORD"])
    key.write_bytes(kept[::-1])
    with pytest.raises(SecretsUnreadableError):
        store.values(["DB_PASSWORD"])
    (tmp_path / "secrets" / "secrets.json").write_text("[1]")
    with pytest.raises(SecretsUnreadableError, match="is not an object"):
        store.set("NEW", VALUE)


def test_a_script_reads_it_and_no_trace_of_it_stays(store: SecretStore) -> None:
    store.set("DB_PASSWORD", VALUE)
    store.set("OTHER", "another value")
    source = """
import os, sys
def azureml_main(frame=None):
    password = os.environ["DB_PASSWORD"]
    assert "OTHER" not in os.environ
    print("it is", password)
    sys.stderr.write(repr({"password": password}) + "\\n")
    for letter in password:
        print(letter, end="", flush=True)
    raise ValueError("can't log in with " + password)
"""
    live: list[str] = []
    result = run_script(
        Script(source=source, name="log_in.py"), secrets=["DB_PASSWORD"], on_console=live.append
    )
    failure = result.failure
    assert failure is not None
    assert failure.exception_type == "ValueError", failure
    assert failure.message.startswith("can't log in with ••••")
    for text in ("".join(live), repr(result)):
        assert VALUE not in text
        assert "s3cret" not in text
        assert "••••" in text
    # The next run knows nothing of it.
    again = run_script(
        Script(
            source="import os\ndef azureml_main():\n    print(os.environ.get('DB_PASSWORD'))\n",
            name="next.py",
        )
    )
    assert again.device.console == "None\n"


def test_a_node_has_the_secrets_that_it_names(
    store: SecretStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studiolo.workspace.sandboxes.secret_store.SecretStore", lambda: store)
    folder = WorkspaceFolder(tmp_path / "workspace")
    folder.experiment(
        "log in: {module: execute-python-script, script: log_in.py, secrets: [DB_PASSWORD]}",
        scripts={
            "log_in.py": """
                import os
                import pandas as pd
                def azureml_main():
                    print(os.environ["DB_PASSWORD"])
                    return pd.DataFrame({"length": [len(os.environ["DB_PASSWORD"])]})
            """
        },
    )
    missing = folder.run().result["log in"]
    assert missing.failure is not None
    assert missing.failure.code == "secret-missing"
    store.set("DB_PASSWORD", VALUE)
    for _ in range(2):
        ran = folder.run().result["log in"]
        assert ran.record.state is NodeState.FINISHED, ran.failure
        assert ran.console == "••••\n"
    kept = [path for path in (folder.root / ".studiolo").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if VALUE.encode() in path.read_bytes()]
