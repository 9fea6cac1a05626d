"""`studiolo serve`: what keeps it from starting is a sentence, and nothing is left behind."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .command_line import CommandLine


@pytest.fixture
def workspace(studiolo: CommandLine) -> CommandLine:
    studiolo("new", "shop", "--empty")
    studiolo.folder /= "shop"
    return studiolo


def test_a_port_that_is_taken(workspace: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = workspace("serve", "--port", port)
    assert ended.code == 2
    assert "server-address-unavailable" in ended.err
    assert port in ended.err


def test_a_service_that_is_not_there(workspace: CommandLine) -> None:
    ended = workspace("serve", "--service", "nothing")
    assert ended.code == 2
    assert "service-unknown" in ended.err


def test_tls_that_can_not_be_used(workspace: CommandLine) -> None:
    assert workspace("serve", "--tls-key", "key.pem").code == 2
    ended = workspace("serve", "--port", "0", "--tls-cert", "missing.pem")
    assert ended.code == 2
    assert "server-certificate-unusable" in ended.err


def test_an_empty_workspace_is_served_until_it_is_ended(workspace: CommandLine) -> None:
    command = [sys.executable, "-m", "studiolo", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=workspace.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Serving at http://127.0.0.1:")
        assert "Nothing is published yet" in process.stdout.readline()
        assert "/signin?token=" in process.stdout.readline()
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "Ended.\n", "")


def test_the_other_commands_do_not_load_the_server() -> None:
    program = (
        "import sys; from studiolo.cli.application import COMMAND_TABLE, command_of;"
        "[command_of(name) for name in COMMAND_TABLE];"
        "sys.exit(any(name in sys.modules for name in ('fastapi', 'uvicorn', 'starlette')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_its_files_are_the_owner_s_alone(workspace: CommandLine) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "studiolo", "serve", "--port", "0"],
        cwd=workspace.folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
    folder: Path = workspace.folder / ".studiolo" / "server"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
