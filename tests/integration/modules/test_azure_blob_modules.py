"""Azure blobs as modules of the library read and write them, against a storage on this machine."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.workspace.sandboxes.secret_store import SecretStore
from studiolo.workspace.workspace import Workspace

from ..azurite import ACCOUNT, ACCOUNT_KEY, azurite_in
from ..workspaces import WorkspaceFolder

HOST = f"{ACCOUNT}.blob.core.windows.net"
BLOB = f"http://{HOST}/data/a%20folder/숫자.csv"
#: Puts a blob there, with the client that Azure's documentation has.
PUT = f"""
# /// script
# dependencies = ["azure-storage-blob"]
# ///
import pandas as pd
from azure.storage.blob import BlobServiceClient

def azureml_main():
    service = BlobServiceClient("http://{HOST}", credential="{ACCOUNT_KEY}")
    service.create_container("data").upload_blob("a folder/숫자.csv", "code,n\\n007,1\\n008,\\n")
    return pd.DataFrame({{"n": [2**60 + 1, None], "t": ["a\\n,b", ""]}}, dtype="object").assign(
        n=pd.array([2**60 + 1, None], dtype="Int64"),
        c=pd.Categorical(["x", None]), d=pd.to_datetime(["2020-01-31T12:00", None]))
"""
WRITTEN = {
    name: (f"http://{HOST}/data/{name}", f"{opened}, data_format: {name}")
    for name, opened in {
        "CSV": "authentication: Account key, secret: STORAGE_KEY",
        "TSV": "authentication: Account key, secret: STORAGE_KEY, write_mode: Overwrite",
        "Parquet": "authentication: SAS, secret: STORAGE_SAS",
    }.items()
}
READ = {
    "by key": "authentication: Account key, secret: STORAGE_KEY",
    "by signature": "authentication: SAS, secret: STORAGE_SAS",
}
#: The address, what opens it, and a part of the message.
REFUSED = {
    "by nothing": (BLOB, "", "answered 403"),
    "by a wrong key": (BLOB, "authentication: Account key, secret: WRONG_KEY", "answered 403"),
    "by no key": (BLOB, "authentication: Account key, secret: STORAGE_SAS", "not Base64"),
    "no blob": (
        f"http://{HOST}/data/csv",
        READ["by key"],
        '(BlobNotFound). Did you mean "CSV"? The container "data" has the blobs "CSV", "Parquet"',
    ),
    "no blob to list": (f"http://{HOST}/data/csv", READ["by signature"], "(BlobNotFound)."),
    "no container": (
        f"http://{HOST}/date/csv",
        READ["by key"],
        '(ContainerNotFound). Did you mean "data"? The account has the container "data".',
    ),
}


def signature() -> str:
    """A shared access signature for reading and writing, which lasts beyond this test."""
    expiry = "2100-01-01T00:00:00Z"
    fields = [ACCOUNT, "rcw", "b", "o", "", expiry, "", "", "2020-08-04"]
    key = base64.b64decode(ACCOUNT_KEY)
    signed = hmac.digest(key, ("\n".join(fields) + "\n").encode(), hashlib.sha256)
    encoded = base64.b64encode(signed).decode().replace("+", "%2B").replace("=", "%3D")
    return f"?sv=2020-08-04&ss=b&srt=o&sp=rcw&se={expiry}&sig={encoded.replace('/', '%2F')}"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExperimentResult]:
    """A run that reads what a node before it has put there."""
    place = tmp_path_factory.mktemp("azure")
    store = SecretStore(place / "secrets")
    store.set("STORAGE_KEY", ACCOUNT_KEY)
    store.set("STORAGE_SAS", signature())
    store.set("WRONG_KEY", base64.b64encode(b"0" * 64).decode())
    with azurite_in(place / "storage") as port:
        allow = f"allow: {json.dumps([f'{HOST}:80=127.0.0.1:{port}'])}"
        folder = WorkspaceFolder(place / "workspace")
        secrets = f"secrets: {store.names}".replace("'", "")
        folder.experiment(
            "\n".join(
                [
                    f"put: {{module: execute-python-script, script: put.py, {allow}}}",
                    *(
                        f"{name}: {{module: export-data, inputs: {{dataset: put}}, {allow}, "
                        f"{secrets}, parameters: {{address: '{at}', {said}}}}}"
                        for name, (at, said) in WRITTEN.items()
                    ),
                ]
            ),
            scripts={"put.py": PUT},
            name="before",
        )
        nodes = [
            f"{name}: {{module: import-data, {allow}, {secrets}, "
            f"parameters: {{address: {json.dumps(at)}, {said}}}}}"
            for name, (at, said, *_) in {
                **{name: (BLOB, said) for name, said in READ.items()},
                **REFUSED,
            }.items()
        ]
        nodes += [
            f"read {name}: {{module: import-data, {allow}, {secrets}, parameters: {{address: "
            f"'{at}', authentication: SAS, secret: STORAGE_SAS, data_format: {name}}}}}"
            for name, (at, _) in WRITTEN.items()
        ]
        said = WRITTEN["CSV"][1]
        # What replaces the blob is the same table.
        nodes += [
            f"{mode}: {{module: export-data, inputs: {{dataset: by key}}, {allow}, {secrets}, "
            f"parameters: {{address: {json.dumps(BLOB)}, {said}, write_mode: {mode}}}}}"
            for mode in ("Error", "Overwrite")
        ]
        folder.experiment("\n".join(nodes))
        with pytest.MonkeyPatch.context() as patch, Workspace(folder.root) as workspace:
            patch.setattr("studiolo.workspace.sandboxes.secret_store.SecretStore", lambda: store)
            before = workspace.run(workspace.experiment("before"))
            put = before["put"].failure
            if put is not None and put.code == NetworkUnavailableError.code:
                pytest.skip("this machine has no user namespaces")
            assert [node.failure for node in before.nodes.values()] == [None] * 4
            yield workspace.run(workspace.experiment("experiment"))


@pytest.mark.parametrize("name", READ)
def test_a_blob_is_read_by_what_opens_it(ran: ExperimentResult, name: str) -> None:
    assert ran[name].failure is None, ran[name].failure
    assert ran[name].dataset().table.to_pydict() == {"code": ["007", "008"], "n": [1, None]}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_why_without_the_secret(ran: ExperimentResult, name: str) -> None:
    failure = ran[name].failure
    assert failure is not None
    assert failure.code == "module-refused"
    assert REFUSED[name][2] in failure.message
    assert "sig=" not in str(failure)
    assert ACCOUNT_KEY not in str(failure)


@pytest.mark.parametrize("name", WRITTEN)
def test_an_exported_blob_reads_back_as_the_dataset(ran: ExperimentResult, name: str) -> None:
    read = ran[f"read {name}"]
    assert read.failure is None, read.failure
    columns = read.dataset().table.to_pydict()
    assert columns["n"] == [2**60 + 1, None]
    # As everywhere in the library, an empty field of delimited text is a missing value.
    assert columns["t"] == ["a\n,b", "" if name == "Parquet" else None]
    assert columns["c"] == ["x", None]
    assert [str(value) for value in columns["d"]] == ["2020-01-31 12:00:00", "None"]


def test_a_blob_that_exists_is_replaced_only_if_that_was_asked_for(ran: ExperimentResult) -> None:
    failure = ran["Error"].failure
    assert failure is not None
    assert "already exists. Name a different blob, or choose Overwrite" in failure.message
    assert ran["Overwrite"].failure is None
