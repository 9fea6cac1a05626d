import json
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A frame of Studiolo's own, or of a library of its own, in a traceback.
_OUR_FRAME = re.compile(r'File "[^"]*/(studiolo|studiolo_guest|site-packages)/')
RUNS_STUDIOLO = (sys.executable, "-m", "studiolo")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """What `--json` wrote, if that was all of the standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document


class CommandLine:
    """Types commands in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str | Path,
        environment: Mapping[str, str] | None = None,
        before: tuple[str | Path, ...] = RUNS_STUDIOLO,
    ) -> Ended:
        """Run `studiolo` with these arguments to its end; a bug of ours fails the test."""
        done = subprocess.run(
            [*before, *arguments],
            cwd=self.folder,
            env=_environment(environment or {}),
            capture_output=True,
            timeout=300,
            check=False,
        )
        ended = Ended(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())
        assert not _OUR_FRAME.search(ended.err), ended.err
        assert "Exception ignored" not in ended.err, ended.err
        return ended

    def run(self, source: str, *arguments: str | Path) -> Ended:
        """Run a script with this text."""
        return self("run", self.script(source), *arguments)

    def start(
        self, *arguments: str | Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start `studiolo` as the leader of a group, as a shell does, and do not wait for it."""
        return subprocess.Popen(
            [*RUNS_STUDIOLO, *arguments],
            cwd=self.folder,
            env=_environment(environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def script(self, source: str, name: str = "script.py") -> str:
        """Write a script; returns its name."""
        return self.file(name, textwrap.dedent(source).lstrip("\n"))

    def file(self, name: str, content: str | bytes) -> str:
        """Write a file; returns its name."""
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)
        return name

    def bundle(self, members: Mapping[str, str | bytes], name: str = "bundle.zip") -> str:
        """Write a script bundle; returns its name."""
        with zipfile.ZipFile(self.folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return name

    def read(self, name: str) -> str:
        """The text of a file."""
        return (self.folder / name).read_bytes().decode()

    @property
    def names(self) -> set[str]:
        """Everything that lies in the folder."""
        return {path.name for path in self.folder.iterdir()}


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **more}
