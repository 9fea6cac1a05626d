"""Processes that are killed at any moment leave nothing half-done behind."""

import random
import shutil
import time
from pathlib import Path

import pytest

from studiolo.store.blobs import Blobs
from studiolo.store.errors import BlobMissingError
from studiolo.store.identity import BlobDigest
from studiolo.store.locks import SoleUse, is_running
from studiolo.store.records import Records
from studiolo.store.run_record import NodeState, RunStatus

from .processes import Writers
from .samples import KEYS
from .writer import BATCHES, NODES


def assert_whole(store: Path) -> int:
    """What can be seen of the store holds together; how many finished nodes were looked at."""
    blobs = Blobs(store)
    for path in blobs.folder.glob("??/*"):
        blobs.check(BlobDigest(path.name))
    looked_at = 0
    with Records.open(store) as records:
        for run in records.runs():
            nodes = {node.node: node for node in records.nodes_of(run.id)}
            assert list(nodes) == NODES
            for batch in BATCHES:
                assert len({nodes[node].state for node in nodes if node in batch}) == 1
            done = {node: found for node, found in nodes.items() if found.state == "finished"}
            assert run.status != RunStatus.FINISHED or len(done) == len(NODES)
            recipes = [node.recipe_digest for node in done.values() if node.recipe_digest]
            results = records.find_results(recipes)
            assert results.keys() == set(recipes)
            for result in results.values():
                for digest in result.outputs["results_dataset1"]["blobs"]:
                    assert blobs.exists([digest]), "a sweep took what is in use"
            looked_at += len(done)
        for served in records.services.all_served():
            versions = records.services.versions(served.service.id)
            assert [version.number for version in versions] == list(range(1, len(versions) + 1))
            assert served.traffic.weights == {len(versions): 100}
            assert {key.slot: key.hash for key in served.keys} == KEYS
        assert len(records.services.services()) == len(records.services.endpoints())
        referenced = records.referenced_blobs()
        assert blobs.exists(referenced) == referenced, "a sweep took what is in use"
    return looked_at


def interrupted(store: Path) -> int:
    """Find and mark the runs whose process is gone; how many."""
    with Records.open(store) as records:
        left = [run.id for run in records.runs(status=RunStatus.RUNNING)]
        assert not any(is_running(store, run) for run in left)
        records.mark_interrupted(left)
        assert not records.runs(status=RunStatus.RUNNING)
        for run in left:
            states = {node.state for node in records.nodes_of(run)}
            assert states <= {NodeState.FINISHED, NodeState.CANCELLED, NodeState.SKIPPED}
    return len(left)


def test_a_writer_is_killed_at_eighty_moments_or_more(store: Path, writers: Writers) -> None:
    chance = random.Random(20250131)
    looked_at = found_interrupted = 0
    for kill in range(400):
        pid = writers.start(store, seed=kill)
        # On a busy machine, or with a slow disk, a writer gets further in more time only.
        time.sleep(chance.uniform(0, 0.06 * (1 + kill // 80)))
        writers.kill(pid)
        looked_at += assert_whole(store)
        found_interrupted += interrupted(store)
        # Otherwise the kills would have hit nothing.
        if kill >= 79 and looked_at > 100 and found_interrupted > 10:
            break
    assert looked_at > 100
    assert found_interrupted > 10

    blobs = Blobs(store)
    with Records.open(store) as records, SoleUse.begin(store) as alone:
        blobs.sweep(records.referenced_blobs, alone=alone)
        alone.forget_ended_runs()
        assert records.services.services(), "nothing was published before a kill"
        kept = {path.name for path in blobs.folder.glob("??/*")}
        assert kept == records.referenced_blobs()
    assert not list(blobs.folder.glob("incoming-*"))
    assert not list((store / "locks").glob("run-*"))


def test_a_process_is_killed_while_it_creates_the_records(store: Path, writers: Writers) -> None:
    chance = random.Random(7)
    for kill in range(25):
        pid = writers.start(store, seed=kill)
        time.sleep(chance.uniform(0, 0.05))
        writers.kill(pid)
        assert_whole(store)
        shutil.rmtree(store)


def test_three_write_at_once_into_a_store_that_is_new(store: Path, writers: Writers) -> None:
    looked_at = []
    for attempt in range(12):
        together = [writers.start(store, seed=100 * attempt + number) for number in range(3)]
        time.sleep(0.7)
        for pid in together:
            writers.kill(pid)
        looked_at.append(assert_whole(store))
        interrupted(store)
        shutil.rmtree(store)
        # On a busy machine they may not come as far as that.
        if sum(count > 0 for count in looked_at) == 3:
            break
    assert sum(count > 0 for count in looked_at) == 3


def test_a_missing_blob_would_have_been_noticed(store: Path, writers: Writers) -> None:
    pid = writers.start(store, seed=1)
    time.sleep(0.3)
    writers.kill(pid)
    assert_whole(store)
    blobs = Blobs(store)
    with Records.open(store) as records:
        victim = next(iter(records.referenced_blobs()))
    blobs.path(victim).unlink()
    with pytest.raises(BlobMissingError):
        blobs.check(victim)
    with pytest.raises(AssertionError, match="in use"):
        assert_whole(store)
