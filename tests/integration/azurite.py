"""Azurite, a storage of Azure's on this machine, for tests."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

AZURITE = Path(__file__).parents[1] / "azurite" / "node_modules" / ".bin" / "azurite-blob"
#: The account that Azurite has, with the key that its documentation gives.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


@contextmanager
def azurite_in(place: Path) -> Iterator[int]:
    """The port of a storage that keeps its blobs in a folder."""
    if shutil.which("node") is None:
        pytest.skip("Azurite needs Node.js")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        *(str(AZURITE), "--blobHost", "127.0.0.1", "--blobPort", str(port)),
        *("--location", str(place), "--silent", "--skipApiVersionCheck", "--disableTelemetry"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
