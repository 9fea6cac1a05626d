"""`studiolo console`: a Python prompt in a node's sandbox."""

import importlib
import sys
from contextlib import suppress

import typer
from rich.text import Text

from studiolo.cli.debugging.node_place import NodeArgument, open_node
from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.live_console import LiveConsole
from studiolo.rendering.plain_text import one_line, printable
from studiolo.runs.debugging.console_line import Prompt
from studiolo.store.run_record import Session
from studiolo.workspace.debugging.console_session import ConsoleSession

_PROMPTS = {Prompt.READY: ">>> ", Prompt.MORE: "... "}


def command(target: NodeArgument) -> None:
    """Open a Python prompt in a node's sandbox, with its inputs and its script's functions.

    Ctrl-C ends the statement that runs, Ctrl-D the console.
    """
    errors = Terminal(sys.stderr)
    with reported_errors(errors), open_node(target, Session.CONSOLE, errors) as node:
        # History by the arrow keys, where there is a terminal.
        with suppress(ImportError):
            importlib.import_module("readline")
        shown = LiveConsole(sys.stdout, make_room=lambda: None)
        with ConsoleSession(node, on_text=shown.write) as session:
            prompt = _wait(session)
            shown.catch_up()
            if prompt is Prompt.READY:
                names = ", ".join(map(one_line, session.names))
                errors.say(Text(f"At hand: {names}. Ctrl-D leaves.", style="dim"))
            left = _talk(session, shown, prompt)
            why = None if left else session.why_ended()
        shown.finish()
        if why is not None:
            errors.say(Text(f"The console has ended: {printable(why.sentence)}"))
            raise typer.Exit(ExitCode.SCRIPT_FAILED)


def _talk(session: ConsoleSession, shown: LiveConsole, prompt: Prompt) -> bool:
    """Pass on what is typed; whether the person left."""
    typed: list[str] = []
    while prompt is not Prompt.ENDED:
        try:
            typed.append(input(_PROMPTS[prompt]))
        except EOFError:
            sys.stdout.write("\n" if sys.stdin.isatty() else "")
            return True
        except KeyboardInterrupt:
            sys.stdout.write("\nKeyboardInterrupt\n")
            typed, prompt = [], Prompt.READY
            continue
        try:
            session.enter("\n".join(typed))
        except ValueError as error:
            shown.write(f"{error}\n")
            typed = []
            continue
        prompt = _wait(session)
        shown.catch_up()
        if prompt is not Prompt.MORE:
            typed = []
    return False


def _wait(session: ConsoleSession) -> Prompt:
    while True:
        try:
            return session.wait()
        except KeyboardInterrupt:
            session.interrupt()
