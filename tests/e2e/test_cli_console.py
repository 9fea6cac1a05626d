"""What a script prints: live, harmless, and no obstacle when nobody reads it any more."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .command_line import RUNS_STUDIOLO, CommandLine, Ended

WAITS = """
    import time
    def azureml_main():
        print("so far")
        time.sleep(300)
    """


def test_a_line_appears_before_the_script_ends(studiolo: CommandLine) -> None:
    process = studiolo.start("run", studiolo.script(WAITS))
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "so far\n"
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_behind(
    studiolo: CommandLine, stop: signal.Signals
) -> None:
    studiolo.file("out.csv", "old\n")
    script = studiolo.script(
        """
        import subprocess, sys, time
        def azureml_main():
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
            print("so far")
            time.sleep(300)
        """
    )
    process = studiolo.start("run", script, "--output", "out.csv", "--device", "device")
    assert process.stdout is not None
    assert process.stdout.readline() == "so far\n"
    running = _descendants(process.pid)
    assert running
    process.send_signal(stop)
    _, err = process.communicate(timeout=30)
    if stop is signal.SIGINT:
        assert (process.returncode, err) == (130, "Cancelled.\n")
    else:
        assert process.returncode == -signal.SIGTERM
    _until_gone(running)
    assert studiolo.read("out.csv") == "old\n"
    assert studiolo.names == {"out.csv", "script.py"}


def _descendants(pid: int) -> set[int]:
    """Processes that came of one, at any distance."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _until_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 10
    while left := {pid for pid in pids if _runs(pid)}:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_escape_sequences_are_shown_and_not_obeyed(studiolo: CommandLine) -> None:
    script = studiolo.script(
        r"""
        import pandas as pd
        def azureml_main():
            print("\x1b]0;title\x07 \x1b[31mred\x1b[0m \x9b2J \u202e back")
            print("10%\r20%")
            return pd.DataFrame({"\x1b[2Jname": ["\x1b[2Jcell\x07"]})
        """
    )
    ended = studiolo("run", script)
    assert ended.code == 0, ended.err
    for steering in "\x1b\x07\x9b\u202e":
        assert steering not in ended.out + ended.err
    assert "\ufffd]0;title\ufffd \ufffd[31mred" in ended.out
    assert "10%\r20%\n" in ended.out, "a progress bar still redraws its line"
    assert "\ufffd[2Jname" in ended.out
    assert "\ufffd[2Jcell" in ended.out


def test_escape_sequences_in_an_exception_are_not_obeyed(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        r"""
        def azureml_main():
            raise type("E\x1b[2J", (Exception,), {})("\x1b[2J [bold]not markup[/bold] [/]")
        """
    )
    assert ended.code == 1
    assert "\x1b" not in ended.err
    assert "[bold]not markup[/bold] [/]" in ended.err


def test_letters_of_every_script_are_left_alone(studiolo: CommandLine) -> None:
    text = (
        "10\u00a0000 \u3000 \u00e9 \u65e5\u672c \u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f4bb"
    )
    script = studiolo.script(f"def azureml_main():\n    print({text!r})\n")
    assert text + "\n" in studiolo("run", script).out


def test_a_terminal_that_lacks_a_letter_shows_its_number(studiolo: CommandLine) -> None:
    script = studiolo.script("def azureml_main():\n    print('caf\u00e9 \u65e5')\n")
    ended = studiolo("run", script, environment={"PYTHONIOENCODING": "ascii"})
    assert ended.code == 0, ended.err
    assert "caf\\xe9 \\u65e5\n" in ended.out


def test_text_that_is_not_utf_8_is_shown_all_the_same(studiolo: CommandLine) -> None:
    ended = studiolo.run("import os\ndef azureml_main():\n    os.write(1, b'caf\\xe9 end')\n")
    assert ended.code == 0, ended.err
    assert "caf\ufffd end\n" in ended.out, "and what follows starts on a line of its own"


def _read_one_line(studiolo: CommandLine, *arguments: str) -> Ended:
    """As `studiolo … | head -1` does; the exit code is that of studiolo."""
    # A file, because nobody reads a pipe meanwhile.
    said = studiolo.folder / "stderr.txt"
    with (
        said.open("wb") as errors,
        subprocess.Popen(
            [*RUNS_STUDIOLO, *arguments],
            cwd=studiolo.folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, "NO_COLOR": "1"},
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        process.stdout.close()
        code = process.wait(60)
    err = said.read_text()
    for noise in ("BrokenPipe", "Exception ignored"):
        assert noise not in err
    return Ended(code=code, out=line, err=err)


PRINTS = """
    import pandas as pd
    def azureml_main():
        for number in range(20_000):
            print("line", number)
        return pd.DataFrame({"n": range(100_000)})
    """


def test_a_reader_that_has_seen_enough_does_not_end_the_run(studiolo: CommandLine) -> None:
    script = studiolo.script(PRINTS)
    ended = _read_one_line(studiolo, "run", script, "--output", "out.csv")
    assert (ended.code, ended.out) == (0, "line 0\n")
    assert "succeeded in " in ended.err
    assert len(studiolo.read("out.csv").splitlines()) == 100_001


def test_nor_does_it_hide_that_the_script_failed(studiolo: CommandLine) -> None:
    script = studiolo.script(
        "def azureml_main():\n    for n in range(20_000): print(n)\n    1 / 0\n"
    )
    ended = _read_one_line(studiolo, "run", script)
    assert (ended.code, ended.out) == (1, "0\n")
    assert "error[script-exception, classic 0085]: ZeroDivisionError" in ended.err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["run", "script.py", "--output", "-"], "n\n"),
        (["run", "script.py", "--json"], "{\n"),
        (["convert", "data.csv", "-"], "n\n"),
        (["profile", "data.csv"], "200,000 rows, 1 column\n"),
        (["profile", "data.csv", "--json"], "{\n"),
    ],
)
def test_results_may_be_read_in_part(
    studiolo: CommandLine, arguments: list[str], line: str
) -> None:
    studiolo.script(PRINTS)
    studiolo.file("data.csv", "n\n" + "1\n" * 200_000)
    ended = _read_one_line(studiolo, *arguments)
    assert (ended.code, ended.out) == (0, line)
