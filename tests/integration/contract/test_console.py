"""What a script prints: all of it, in the order written, as far as the script came."""

from collections.abc import Callable

from studiolo.sandbox.exchange.job import Outcome

Run = Callable[..., Outcome]
ConsoleOf = Callable[..., str]


def test_stdout_and_stderr_are_interleaved_as_written(console_of: ConsoleOf) -> None:
    source = """
        import os, subprocess, sys
        def azureml_main():
            print("1 print")
            print("2 to stderr", file=sys.stderr)
            os.write(1, b"3 past Python\\n")
            subprocess.run(["echo", "4 from a child"])
            print("5 begun", end="")
            sys.stderr.write(", ended elsewhere\\n")
            sys.stdout.buffer.write(b"6 bytes\\n")
    """
    assert console_of(source).splitlines() == [
        "1 print",
        "2 to stderr",
        "3 past Python",
        "4 from a child",
        "5 begun, ended elsewhere",
        "6 bytes",
    ]


def test_warnings_and_log_messages_are_in_it(console_of: ConsoleOf) -> None:
    source = """
        import logging
        import warnings
        def azureml_main():
            warnings.warn("careful")
            logging.warning("logged")
    """
    printed = console_of(source)
    assert "script.py:4: UserWarning: careful" in printed
    assert "WARNING:root:logged" in printed


def test_what_was_printed_before_a_sudden_end_is_kept(run: Run) -> None:
    outcome = run("import os\ndef azureml_main():\n    print('so far', end='')\n    os._exit(3)")
    assert outcome.failure is not None
    assert outcome.failure.code == "ended-without-result"
    assert outcome.device.console == "so far"


def test_a_script_may_replace_its_streams(console_of: ConsoleOf) -> None:
    source = """
        import codecs, io, sys
        def azureml_main():
            sys.stdout = codecs.getwriter("utf-8")(sys.stdout.buffer)
            print("wörter")
            sys.stdout = io.StringIO()
            print("nowhere")
            sys.stdout = sys.__stdout__
            print("back")
    """
    assert console_of(source) == "wörter\nback\n"


def test_characters_that_no_encoding_has_do_not_end_the_script(console_of: ConsoleOf) -> None:
    source = "def azureml_main():\n    print('lone \\ud800', 'ü', '데이터')"
    assert console_of(source) == "lone ? ü 데이터\n"


def test_nothing_can_be_typed_in(console_of: ConsoleOf) -> None:
    source = "import sys\ndef azureml_main():\n    print(repr(sys.stdin.read()))"
    assert console_of(source) == "''\n"


def test_print_reaches_the_caller_while_the_script_runs(console_of: ConsoleOf) -> None:
    seen: list[str] = []
    source = "def azureml_main():\n    print('one')\n    print('two')"
    console_of(source, on_console=seen.append)
    assert "".join(seen) == "one\ntwo\n"
