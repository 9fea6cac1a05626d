"""Azure Blob Storage from a script, as the classic studio's documentation did it, and as today."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiolo.experiments.allowance import Allowance, parse_allowance
from studiolo.modules.script import Script
from studiolo.runs.engines.run_settings import RunSettings
from studiolo.sandbox.errors import NetworkUnavailableError
from studiolo.workspace.sandboxes.script_runs import run_script

from ..azurite import ACCOUNT, ACCOUNT_KEY, azurite_in

#: The steps of the classic documentation: not a word of them is for Studiolo.
CLASSIC = f"""
import pandas as pd
from azure.storage.blob import BlockBlobService

def azureml_main(dataframe1=None, dataframe2=None):
    service = BlockBlobService(account_name="{ACCOUNT}", account_key="{ACCOUNT_KEY}",
                               protocol="http")
    service.create_container("classic")
    service.create_blob_from_text("classic", "in.csv", "n\\n1\\n2\\n")
    names = [blob.name for blob in service.list_blobs("classic")]
    service.get_blob_to_path("classic", "in.csv", "in.csv")
    frame = pd.read_csv("in.csv")
    service.create_blob_from_text("classic", "out.csv", (frame * 10).to_csv(index=False))
    frame["container"] = ", ".join(names)
    return frame
"""
TODAY = f"""
# /// script
# dependencies = ["azure-storage-blob"]
# ///
import io
import pandas as pd
from azure.storage.blob import BlobServiceClient

def azureml_main(dataframe1=None, dataframe2=None):
    service = BlobServiceClient(
        "http://{ACCOUNT}.blob.core.windows.net", credential="{ACCOUNT_KEY}")
    container = service.create_container("today")
    container.upload_blob("in.csv", "n\\n1\\n2\\n")
    names = [blob.name for blob in container.list_blobs()]
    frame = pd.read_csv(io.BytesIO(container.download_blob("in.csv").readall()))
    container.upload_blob("out.csv", (frame * 10).to_csv(index=False))
    frame["container"] = ", ".join(names)
    return frame
"""


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Allowance]:
    """The account by its public name, with Azurite in its place."""
    with azurite_in(tmp_path_factory.mktemp("azurite")) as port:
        yield parse_allowance(f"{ACCOUNT}.blob.core.windows.net:80=127.0.0.1:{port}")


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of that time in a zip, with what it needs, as people uploaded it."""
    folder = tmp_path_factory.mktemp("legacy")
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", "azure"]
    needed = ["azure-storage-blob==2.1.0", "azure-storage-common==2.1.0"]
    subprocess.run([*command, *needed], cwd=folder, check=True)
    return Path(shutil.make_archive(str(folder / "bundle"), "zip", folder / "azure"))


@pytest.mark.parametrize("era", ["classic", "today"])
def test_a_container_is_listed_read_and_written(
    era: str, storage: Allowance, request: pytest.FixtureRequest
) -> None:
    bundle = request.getfixturevalue("legacy") if era == "classic" else None
    source = CLASSIC if era == "classic" else TODAY
    try:
        result = run_script(
            Script(source=source, name="blobs.py"),
            script_bundle=bundle,
            settings=RunSettings(allow=(storage,)),
        )
    except NetworkUnavailableError:
        pytest.skip("this machine has no user namespaces")
    assert result.failure is None, result.failure
    assert result.table.to_pydict() == {"n": [1, 2], "container": ["in.csv"] * 2}
    assert result.network
    for connection in result.network:
        assert connection.host == f"{ACCOUNT}.blob.core.windows.net"
        assert connection.allowed
