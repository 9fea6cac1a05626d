"""Help while a script is typed, by the real language server and with the packages of scripts."""

import io
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import studiolo
from studiolo.environments.environment import Environment
from studiolo.environments.known_packages import known_packages
from studiolo.environments.request import EnvironmentRequest
from studiolo.modules.script_metadata import ScriptMetadata
from studiolo.workspace.language.conversation import Conversation
from studiolo.workspace.language.errors import LanguageServersBusyError
from studiolo.workspace.language.language_servers import LanguageServers
from studiolo.workspace.language.script_folder import ScriptContext
from studiolo.workspace.studio.nodes.script_context import script_context
from studiolo_guest import kernel

CLASSIC = "def azureml_main(dataframe1 = None, dataframe2 = None):\n"


class Editor:
    """A page that has a script open."""

    def __init__(self, servers: LanguageServers, context: ScriptContext, session: str = "me"):
        self.servers, self.session = servers, session
        self.said: queue.Queue[str] = queue.Queue()
        self.ended = False
        self.conversation: Conversation = servers.converse(
            session, context, self.said.put, self._end
        )
        self.diagnostics: list[dict[str, Any]] = []
        self.version = 0

    def _end(self) -> None:
        self.ended = True

    def type(self, text: str) -> None:
        self.version += 1
        document = {"uri": "file:///script.py", "version": self.version, "text": text}
        self._say("textDocument/didOpen", {"textDocument": document})

    def ask(self, what: str, text: str, after: str) -> Any:
        before = text[: text.index(after) + len(after)]
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        self._say(f"textDocument/{what}", {"position": place}, id=1)
        while True:
            message = json.loads(self.said.get(timeout=30))
            if message.get("id") == 1:
                return message["result"]
            self.diagnostics = message["params"]["diagnostics"]

    def completions(self, text: str, after: str) -> list[str]:
        self.type(text)
        return [item["label"] for item in self.ask("completion", text, after)["items"]]

    def complaints(self, text: str) -> list[tuple[str, str]]:
        """What is wrong with each piece of the text, by the first line of the message."""
        self.completions(text, text[:1])
        lines = text.split("\n")
        found = []
        for one in self.diagnostics:
            start, end = one["range"]["start"], one["range"]["end"]
            piece = lines[start["line"]][start["character"] : end["character"]]
            found.append((piece, one["message"].partition("\n")[0]))
        return found

    def leave(self) -> None:
        self.servers.leave(self.session, self.conversation)

    def _say(self, method: str, params: object, **more: int) -> None:
        self.conversation.take(json.dumps({"method": method, "params": params, **more}))


@pytest.fixture(scope="module")
def servers(default_environment: Environment) -> Iterator[LanguageServers]:
    made = LanguageServers(most=2, idle_seconds=0.2)
    yield made
    made.close()


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def context(frames: Sequence[bool] = (True,), bundle: bytes | None = None) -> ScriptContext:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    packages = known_packages(EnvironmentRequest.of(ScriptMetadata())).folders
    return ScriptContext(frames=frames, packages=packages, python=version, bundle=bundle)


@pytest.fixture
def editor(servers: LanguageServers) -> Iterator[Editor]:
    opened = Editor(servers, context())
    yield opened
    opened.leave()


def test_the_classic_signature_is_helped_with_by_its_wires(editor: Editor) -> None:
    text = f"{CLASSIC}    dataframe1.\n    dataframe2.\n"
    assert {"merge", "groupby", "iloc"} <= set(editor.completions(text, "dataframe1."))
    assert "merge" not in editor.completions(text, "dataframe2.")
    assert "_studiolo_pandas" not in editor.completions("_st", "_st")


def test_packages_of_the_environment_are_known(editor: Editor) -> None:
    text = "from sklearn.linear_model import \n"
    assert "LogisticRegression" in editor.completions(text, "import ")


def test_a_selection_of_columns_is_a_frame_and_one_column_a_series(editor: Editor) -> None:
    text = f"{CLASSIC}    dataframe1[['a']].\n    dataframe1['a'].\n"
    assert "merge" in editor.completions(text, "]].")
    assert "str" in editor.completions(text, "1['a'].")


def test_hover_and_signatures_say_what_a_call_takes(editor: Editor) -> None:
    text = f"{CLASSIC}    return dataframe1.merge(\n"
    editor.type(text)
    shown = editor.ask("hover", text, "dataframe1.mer")
    assert "right" in shown["contents"]["value"]
    assert "Merge DataFrame" in shown["contents"]["value"]
    called = editor.ask("signatureHelp", text, "merge(")
    assert "how" in called["signatures"][0]["label"]
    argument = editor.ask("hover", text, "(dataf")
    assert "dataframe1: pandas.core.frame.DataFrame" in argument["contents"]["value"]


def test_mistakes_are_marked_where_the_user_sees_them(editor: Editor) -> None:
    text = (
        f"import nothing_of_this_name\n{CLASSIC}"
        "    total = 1 + 'a'\n    dataframe1.merge(dataframe1, hwo='left')\n"
        "    return missing,\n"
    )
    found = dict(editor.complaints(text))
    assert found["nothing_of_this_name"] == "Cannot find module `nothing_of_this_name`"
    assert "not supported" in found["1 + 'a'"]
    assert "hwo" in found["hwo"]
    assert "missing" in found["missing"]
    assert len(found) == 4


def test_samples_have_no_mistakes(servers: LanguageServers, tmp_path: Path) -> None:
    root = studiolo.new_workspace(tmp_path / "workspace")
    seen = 0
    with studiolo.open_workspace(root) as workspace:
        for folder in workspace.experiments:
            experiment = workspace.experiment(folder)
            for node in experiment.nodes.values():
                if node.script is None:
                    continue
                editor = Editor(servers, script_context(workspace, experiment, node.name))
                text = (experiment.folder / node.script).read_text(encoding="utf-8")
                editor.complaints(text)
                editor.leave()
                errors = [one for one in editor.diagnostics if one["severity"] == 1]
                assert errors == [], node.script
                seen += 1
    assert seen > 1


def test_a_node_is_helped_with_by_the_packages_of_its_own_environment(
    servers: LanguageServers, classic_environment: Environment, tmp_path: Path
) -> None:
    root = studiolo.new_workspace(tmp_path / "workspace", samples=False)
    folder = root / "experiments" / "old"
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text(CLASSIC)
    (folder / "experiment.yaml").write_text(
        "studiolo: 1\nname: Old\nnodes:\n"
        "  old: {module: execute-python-script, script: mine.py, environment: classic}\n"
        "  new: {module: execute-python-script, script: mine.py}\n"
    )
    found = {}
    with studiolo.open_workspace(root) as workspace:
        experiment = workspace.experiment("old")
        for node in ("old", "new"):
            # One process answers for both.
            editor = Editor(servers, script_context(workspace, experiment, node))
            found[node] = "XGBClassifier" in editor.completions("from xgboost import \n", "import ")
            editor.leave()
    assert found == {"old": True, "new": False}


def test_modules_of_the_script_bundle_are_known(servers: LanguageServers, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hello.py", "def greet_everybody(): ...\n")
        archive.writestr("inner/deep.py", "depth = 1\n")
        archive.writestr("large.py", b"#" * (9 << 20))
    editor = Editor(servers, context(bundle=packed.getvalue()))
    assert "greet_everybody" in editor.completions("import hello\nhello.", "hello.")
    editor.leave()


def test_a_session_has_one_process_which_ends_when_it_is_idle(servers: LanguageServers) -> None:
    one, other = Editor(servers, context(), "busy"), Editor(servers, context(), "busy")
    process = one.conversation.process_id
    assert process == other.conversation.process_id
    one.leave()
    other.leave()
    wait_for(lambda: one.ended)
    assert not Path(f"/proc/{process}").exists()


def test_there_are_as_many_as_allowed_and_unused_ones_make_room(
    default_environment: Environment,
) -> None:
    few = LanguageServers(most=1)
    try:
        first = Editor(few, context(), "first")
        with pytest.raises(LanguageServersBusyError):
            Editor(few, context(), "second")
        first.leave()
        second = Editor(few, context(), "second")
        assert first.ended
        # One that was killed is replaced by the next editor's.
        process = second.conversation.process_id
        assert process is not None
        os.kill(process, signal.SIGKILL)
        wait_for(lambda: second.ended)
        third = Editor(few, context(), "second")
        assert third.conversation.process_id != process
        assert "os" in third.completions("import o", "import o")
    finally:
        few.close()


def test_it_can_read_what_it_is_named_and_nothing_else(tmp_path: Path) -> None:
    if not kernel.landlock_abi():
        pytest.skip("this kernel has no Landlock")
    readable, secret = tmp_path / "readable", tmp_path / "secret"
    for folder in (readable, secret):
        folder.mkdir()
        (folder / "file").write_text("content")

    def cat(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which("dash") or "/bin/sh"
        request = {
            "command": [str(Path(program).resolve()), "-c", *arguments],
            "readable": [str(readable)],
            "environment": {},
        }
        module = "studiolo.workspace.language.confined_process"
        command = [sys.executable, "-I", "-m", module, json.dumps(request)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert cat(f"read line < {readable}/file; echo $line").stdout == "content\n"
    for forbidden in (
        f"read line < {secret}/file",
        f"echo > {readable}/new",
        f"echo > {tmp_path}/new",
        "read line < /etc/passwd",
        "/usr/bin/env",
    ):
        assert cat(forbidden).returncode != 0, forbidden
    limits = cat("ulimit -d; ulimit -t; ulimit -f").stdout.split()
    assert limits == [str(1 << 20), "900", "0"]
