"""Runs experiments in processes that kill themselves at a given moment; see `test_killed`.

They are forks of one process that has imported everything, so that a kill costs little.
"""

import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.store.records import Records
from studiolo.workspace.workspace import Workspace


class Fate(Observer):
    """Watches a run, and ends its process so many seconds after it was told so many things."""

    def __init__(self, told: int, seconds: float) -> None:
        self._left = told
        self._seconds = seconds
        self._lock = threading.Lock()
        if not told:
            self._strike()

    def node_changed(self, progress: NodeProgress) -> None:  # noqa: ARG002  # an observer's
        with self._lock:
            self._left -= 1
            if not self._left:
                self._strike()

    def _strike(self) -> None:
        if not self._seconds:
            os.kill(os.getpid(), signal.SIGKILL)
        timer = threading.Timer(self._seconds, os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()


def run(root: str, amount: int, told: int, seconds: float) -> None:
    """Run the workspace's experiment with a parameter that it has not had before."""
    fate = Fate(told, seconds)
    with Workspace(Path(root)) as workspace:
        given = {("start", "amount"): str(amount)}
        workspace.run(workspace.checked("experiment", given), observer=fate)


def main() -> None:
    """Obey what stands on the lines of standard input; say of each what ended the process."""
    # Imports what is only imported when it is needed, or each fork would.
    with tempfile.TemporaryDirectory() as warm, Records.open(Path(warm)):
        pass
    for line in sys.stdin:
        root, amount, told, seconds = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                run(root, amount, told, seconds)
                code = 0
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
