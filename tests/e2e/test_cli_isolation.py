"""What isolates a run is chosen, reported, and never silently less than was asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .command_line import RUNS_STUDIOLO, CommandLine

WITHOUT_NAMESPACES = (
    sys.executable,
    Path(__file__).with_name("without_namespaces.py"),
    *RUNS_STUDIOLO,
)
OK = "print('I ran')\ndef azureml_main():\n    return None\n"


def test_strict_runs_exactly_where_every_layer_is_there(studiolo: CommandLine) -> None:
    level = studiolo("doctor", "--json").report["level"]
    ended = studiolo.run(OK, "--isolation", "strict")
    assert ended.code == (0 if level == "full" else 3)
    assert ("isolation full" in ended.err) == (level == "full")


def test_strict_refuses_to_run_without_every_layer(studiolo: CommandLine) -> None:
    studiolo.file("out.csv", "old\n")
    ended = studiolo(
        *("run", studiolo.script(OK), "--isolation", "strict"),
        *("--output", "out.csv", "--device", "device"),
        before=WITHOUT_NAMESPACES,
    )
    assert ended.code == 3
    assert "I ran" not in ended.out
    assert "error[isolation-unavailable]: " in ended.err
    for fact in ('"strict"', "namespaces", "not permitted", "--isolation auto"):
        assert fact in ended.err
    assert studiolo.read("out.csv") == "old\n"
    assert studiolo.names == {"out.csv", "script.py"}


def test_auto_runs_with_what_there_is_and_says_so(studiolo: CommandLine) -> None:
    ended = studiolo("run", studiolo.script(OK), "--json", before=WITHOUT_NAMESPACES)
    isolation = ended.report["isolation"]
    layers = {layer["name"]: layer for layer in isolation["layers"]}
    assert not layers["namespaces"]["active"]
    assert "not permitted" in layers["namespaces"]["detail"]
    assert layers["namespaces"]["remedy"]
    assert (ended.code, isolation["level"]) == (0, "filtered")


def test_off_runs_with_limits_only_and_says_so(studiolo: CommandLine) -> None:
    ended = studiolo.run(OK, "--isolation", "off")
    assert ended.code == 0
    assert "isolation limits" in ended.err


def test_doctor_strict_has_the_exit_code_too(studiolo: CommandLine) -> None:
    ended = studiolo("doctor", "--isolation", "strict", before=WITHOUT_NAMESPACES)
    assert (ended.code, ended.out) == (3, "")
    assert "error[isolation-unavailable]: " in ended.err


def test_doctor_shows_every_layer_and_attempt_in_eighty_columns(studiolo: CommandLine) -> None:
    ended = studiolo("doctor", environment={"COLUMNS": "80"}, before=WITHOUT_NAMESPACES)
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0] == "Isolation level: filtered"
    assert max(map(len, lines)) <= 80
    # Whoever is no root has no other user to give to a run.
    own_user = ["own user"] if os.geteuid() == 0 else []
    for layer in ["namespaces", "landlock", "seccomp", *own_user, "resource limits"]:
        assert any(line[0] in "✓✗" and line[3:].startswith(layer) for line in lines if line)
    tried = [line for line in lines if line.startswith(("stopped  ", "GOT IT   "))]
    assert len(tried) > 10
    assert any(line.startswith("stopped  read another user's secret  ") for line in tried)
    stopped = sum(line.startswith("stopped") for line in tried)
    assert lines[-1] == f"{stopped} of {len(tried)} attempts were stopped."


def test_doctor_says_why_there_is_no_user_of_its_own(studiolo: CommandLine) -> None:
    alone = ("unshare", "--user", "--map-root-user")
    if subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("this machine has no user namespaces")
    ended = studiolo("doctor", "--json", before=(*alone, *RUNS_STUDIOLO))
    assert ended.code == 0, ended.err
    layers = {layer["name"]: layer for layer in ended.report["layers"]}
    assert not layers["own user"]["active"]
    assert "namespace has no user id" in layers["own user"]["detail"]
    assert layers["own user"]["remedy"]
    # What doctor tries and what it reports is the same.
    assert "threads have no limit" in layers["resource limits"]["detail"]


def test_doctor_json_says_the_same(studiolo: CommandLine) -> None:
    ended = studiolo("doctor", "--json", "--isolation", "off")
    assert ended.code == 0, ended.err
    report = ended.report
    assert (report["asked"], report["level"]) == ("off", "limits")
    assert {"name", "active", "detail", "remedy"} == report["layers"][0].keys()
    attempts = {(attempt["by"], attempt["tried"]): attempt for attempt in report["attempts"]}
    assert attempts["script", "open a network socket"]["stopped"] is False
    assert attempts["library", "open a network socket"]["stopped"] is False


def test_doctor_tries_what_a_library_could_do_while_it_is_loaded(studiolo: CommandLine) -> None:
    for ended in (
        studiolo("doctor", "--json"),
        studiolo("doctor", "--json", before=WITHOUT_NAMESPACES),
    ):
        report = ended.report
        theirs = [attempt for attempt in report["attempts"] if attempt["by"] == "library"]
        assert len(theirs) > 5
        assert [attempt["tried"] for attempt in theirs if not attempt["stopped"]] == []


def test_pip_is_answered_without_isolation_too(studiolo: CommandLine) -> None:
    source = """
        import os, subprocess, sys
        def azureml_main():
            os.system("pip3 install six")
            subprocess.run([sys.executable, "-m", "pip", "install", "six"])
    """
    ended = studiolo.run(source, "--isolation", "off")
    assert (
        ended.err.count('at its top: # dependencies = ["six"]')
        + ended.out.count('at its top: # dependencies = ["six"]')
        == 2
    ), (ended.out, ended.err)
