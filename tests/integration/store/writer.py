"""Starts processes that use a store as runs do, and kills them; see `processes.Writers`."""

import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from studiolo.experiments.experiment import NodeName
from studiolo.store.blobs import Blobs
from studiolo.store.errors import WorkspaceInUseError
from studiolo.store.identity import RunId, new_run_id
from studiolo.store.locks import RunLock, SoleUse, WorkspaceUse
from studiolo.store.records import Records
from studiolo.store.run_record import (
    FinishedNode,
    NodeChange,
    NodeState,
    PlannedNode,
    RunStatus,
)

from .samples import KEYS, finished, new_run, new_version

#: The nodes of a run; those of a batch are recorded together.
BATCHES = (("a", "b", "c"), ("d", "e"), ("f",))
NODES = [node for batch in BATCHES for node in batch]


def write_for_ever(store: Path, seed: int) -> None:
    """Run after run, and after each a sweep, if nobody else is there."""
    chance = random.Random(seed)
    with Records.open(store) as records:
        blobs = Blobs(store)
        while True:
            with WorkspaceUse.begin(store):
                _run(records, blobs, store, chance)
            with suppress(WorkspaceInUseError), SoleUse.begin(store) as alone:
                records.prune(keep=5, alone=alone)
                blobs.sweep(records.referenced_blobs, alone=alone)
                alone.forget_ended_runs()


def _run(records: Records, blobs: Blobs, store: Path, chance: random.Random) -> None:
    run = new_run_id(datetime.now(UTC))
    with RunLock.take(store, run):
        planned = [PlannedNode(node=NodeName(node)) for node in NODES]
        records.begin_run(new_run(run), planned)
        if chance.random() < 0.3:
            version = new_version(blobs=[blobs.put_bytes(b"a model").digest])
            records.services.publish(version, service=f"{chance.randrange(9)}", keys=KEYS)
        for batch in BATCHES:
            begun = [NodeChange(node=NodeName(node), state=NodeState.RUNNING) for node in batch]
            records.change_nodes(run, begun)
            records.finish_nodes(run, list(_finished(run, batch, blobs, chance)))
        records.end_run(run, RunStatus.FINISHED, ended_at=datetime.now(UTC))


def _finished(
    run: RunId, batch: tuple[str, ...], blobs: Blobs, chance: random.Random
) -> Iterator[FinishedNode]:
    for node in batch:
        # Some contents come again, and some are pieces of several writes.
        content = chance.choice((b"%d" % chance.randrange(20), chance.randbytes(1 << 16)))
        blob = blobs.put_bytes(content * chance.choice((1, 1, 1, 40)))
        recipe = f"{chance.randrange(1000)}"
        yield finished(run, node, recipe, blobs=[blob.digest])


def main() -> None:
    """Obey what stands on the lines of standard input, and answer each with a number."""
    # Imports what is only imported when it is needed, or each fork would.
    with tempfile.TemporaryDirectory() as warm, Records.open(Path(warm)):
        pass
    started = set()
    for line in sys.stdin:
        match json.loads(line):
            case ["start", store, seed]:
                pid = os.fork()
                if pid == 0:
                    write_for_ever(Path(store), seed)
                started.add(pid)
                print(pid, flush=True)
            case ["kill", pid]:
                # It may have ended by itself, and then its status says so.
                os.kill(pid, signal.SIGKILL)
                print(-os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
                started.remove(pid)
    for pid in started:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
