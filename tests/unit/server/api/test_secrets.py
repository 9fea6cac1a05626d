"""Secrets through the API: their names, and never their values."""

from pathlib import Path

import pytest
from tests.unit.server.api.studios import ServedStudio

from studiolo.workspace.sandboxes.secret_store import SecretStore


def test_names_of_secrets_are_listed_without_their_values(
    studio: ServedStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIOLO_HOME", str(tmp_path))
    assert studio.program.get("/secrets").json() == {"names": []}
    SecretStore().set("API_TOKEN", "a value of its own")
    assert studio.program.get("/secrets").json() == {"names": ["API_TOKEN"]}
