"""`studiolo debug`: a node's script under a debugger."""

import json as json_text
import sys

import typer
from rich.text import Text

from studiolo.cli.debugging.node_place import NodeArgument, open_node
from studiolo.cli.reporting import ExitCode, reported_errors
from studiolo.cli.terminal import Terminal
from studiolo.cli.views.live_console import LiveConsole
from studiolo.cli.views.run_view import show_reason
from studiolo.rendering.plain_text import printable
from studiolo.store.run_record import Session
from studiolo.workspace.debugging.debug_session import DebugSession

#: Seconds between two looks at whether it has ended, so that Ctrl-C is heard.
_PAUSE = 0.2


def command(target: NodeArgument) -> None:
    """Run a node's script, with the node's inputs, under a debugger that an editor attaches to.

    Nothing is written to the experiment. Ctrl-C ends the script.
    """
    errors = Terminal(sys.stderr)
    with reported_errors(errors), open_node(target, Session.DEBUGGER, errors) as node:
        shown = LiveConsole(sys.stdout, make_room=lambda: None)
        with DebugSession(node, on_text=shown.write) as session:
            _explain(errors, session)
            try:
                while (outcome := session.wait(_PAUSE)) is None:
                    continue
            except KeyboardInterrupt:
                raise typer.Exit(ExitCode.INTERRUPTED) from None
        shown.finish()
        if outcome.failure is not None:
            show_reason(errors, outcome.failure, of_node=True)
            raise typer.Exit(ExitCode.SCRIPT_FAILED)
        errors.say(Text("The script has succeeded. Its result is not kept.", style="dim"))


def _explain(errors: Terminal, session: DebugSession) -> None:
    errors.say(Text.assemble("Waiting for an editor at ", (f"127.0.0.1:{session.port}", "bold")))
    errors.say(Text("VS Code: put this into .vscode/launch.json, set a breakpoint, press F5."))
    launch = json_text.dumps(dict(session.launch), indent=2)
    errors.print(Text(printable(launch)), soft_wrap=True)
    errors.say(
        Text("PyCharm and others: attach to that address by the Debug Adapter Protocol (DAP).")
    )
