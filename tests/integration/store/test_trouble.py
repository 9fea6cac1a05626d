"""What keeps the records from being used is said in a sentence, and costs nothing recorded."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from studiolo.store.database.sqlite import FILE_NAME
from studiolo.store.database.upgrade import migrations
from studiolo.store.errors import (
    RecordsBusyError,
    RecordsDamagedError,
    RecordsNewerError,
    RecordsUnusableError,
)
from studiolo.store.identity import BlobDigest, RecipeDigest, RunId
from studiolo.store.records import Records

from .processes import answer, meanwhile, names_below, readable_place, write_protected
from .samples import finished, new_run, seen

RUN = RunId("20250131-184502117-00aa00")
X = hashlib.sha256(b"x").hexdigest()
OTHER = RunId("20250131-184502117-00bb00")


def fill(store: Path) -> None:
    """A run with one result."""
    with Records.open(store) as records:
        records.begin_run(new_run(RUN), [])
        records.finish_nodes(RUN, [finished(RUN, "a", "1", blobs=[BlobDigest("a" * 64)])])
        records.note_dataset(seen())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestVersions:
    def set_version(self, store: Path, version: str) -> None:
        with sqlite3.connect(store / FILE_NAME) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.close()

    @pytest.mark.parametrize("version", ["0008", "9999", "10000", "studiolo 7"])
    def test_records_of_a_newer_studiolo_stay_as_they_are(self, store: Path, version: str) -> None:
        fill(store)
        self.set_version(store, version)
        before = contents(store)
        with pytest.raises(
            RecordsNewerError, match=f"have the version {version}, and .* versions up to 0007"
        ):
            Records.open(store)
        assert contents(store) == before

    def test_records_of_an_older_studiolo_are_brought_up_to_date(self, store: Path) -> None:
        store.mkdir(parents=True)
        engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(store / FILE_NAME))
        with engine.begin() as connection:
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            connection.execute(
                text(
                    "INSERT INTO runs (id, experiment, experiment_name, status, partial, "
                    "started_at, snapshot, pid, host) VALUES (:run, 'experiments/a', 'A', "
                    "'finished', 0, '2025-01-31 18:45:02', '{}', 1, 'here')"
                ),
                {"run": RUN},
            )
            connection.execute(
                text(
                    "INSERT INTO run_nodes (run, node, position, state, reason, recipe_digest) "
                    "VALUES (:run, 'split', 0, 'finished', 'It has not run before.', 'old')"
                ),
                {"run": RUN},
            )
            connection.execute(
                text(
                    "INSERT INTO results (recipe_digest, recipe, outputs, console, log, images, "
                    "seconds, cpu_seconds, bytes, environment, isolation, run, node, created_at) "
                    "VALUES ('old', '{}', '{}', '', '[]', '[]', 2, 1.5, 0, 'default', 'full', "
                    ":run, 'split', '2025-01-31 18:45:02')"
                ),
                {"run": RUN},
            )
        engine.dispose()
        with Records.open(store) as records:
            (node,) = records.nodes_of(RUN)
            assert (node.reason, node.recipe_digest) == ("It has not run before.", "old")
            # Only its result knew that.
            assert node.cpu_seconds == 1.5
            # What it drew is not known, so that a new draw is made.
            assert node.draw is None
            assert records.latest_draws("experiments/a") == []

    def test_opening_what_is_up_to_date_takes_no_alembic(self, store: Path) -> None:
        fill(store)
        said = answer(
            """
            Records.open(store).close()
            say(any(name.startswith("alembic") for name in sys.modules))
            """,
            store,
        )
        assert said is False

    def test_a_database_without_tables_gets_them(self, store: Path) -> None:
        store.mkdir(parents=True)
        for content in (b"", None):
            path = store / FILE_NAME
            path.unlink(missing_ok=True)
            if content is None:
                sqlite3.connect(path).execute("PRAGMA user_version=0").connection.close()
            else:
                path.write_bytes(content)
            with Records.open(store) as records:
                assert records.runs() == []


class TestOthers:
    HOLD = """
    import sqlite3
    database = sqlite3.connect(store / "records.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    say("held")
    time.sleep(60)
    """

    def test_who_writes_keeps_writers_out_and_lets_readers_in(self, store: Path) -> None:
        fill(store)
        with meanwhile(self.HOLD, store), Records.open(store, wait_seconds=0.2) as records:
            assert records.run(RUN).id == RUN
            assert records.note_dataset(seen()).version == 1
            with pytest.raises(RecordsBusyError, match=r"for more than 0\.2 seconds"):
                records.begin_run(new_run(OTHER), [])
        with Records.open(store) as records:
            records.begin_run(new_run(OTHER), [])

    def test_a_writer_waits_for_its_turn(self, store: Path) -> None:
        fill(store)
        short = self.HOLD.replace("60", "0.3")
        with meanwhile(short, store), Records.open(store, wait_seconds=30) as records:
            records.begin_run(new_run(OTHER), [])
            assert len(records.runs()) == 2


class TestDamage:
    def test_a_file_that_is_no_database(self, store: Path) -> None:
        store.mkdir(parents=True)
        (store / FILE_NAME).write_bytes(b"GIF89a" + bytes(5000))
        with pytest.raises(RecordsDamagedError, match=r"not a database.*move it away"):
            Records.open(store)

    @pytest.mark.parametrize("left", [600, 4096, 3 * 4096])
    def test_a_file_that_was_cut_off(self, store: Path, left: int) -> None:
        fill(store)
        path = store / FILE_NAME
        path.write_bytes(path.read_bytes()[:left])
        with pytest.raises(RecordsDamagedError, match="malformed"):
            Records.open(store)

    def test_pages_that_rotted_are_found_when_they_are_read(self, store: Path) -> None:
        fill(store)
        path = store / FILE_NAME
        content = bytearray(path.read_bytes())
        with closing(sqlite3.connect(path)) as connection:
            pages = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'results'"
            ).fetchall()
        # Those that say which tables there are, and the version, stay as they are.
        for (page,) in pages:
            content[(page - 1) * 4096 : page * 4096] = b"\xee" * 4096
        path.write_bytes(content)
        with Records.open(store) as records, pytest.raises(RecordsDamagedError):
            records.find_results([RecipeDigest("1")])

    def test_moving_it_away_begins_new_records(self, store: Path) -> None:
        store.mkdir(parents=True)
        (store / FILE_NAME).write_bytes(b"GIF89a" + bytes(5000))
        with pytest.raises(RecordsDamagedError):
            Records.open(store)
        for path in store.glob(f"{FILE_NAME}*"):
            path.rename(path.with_name(f"damaged-{path.name}"))
        with Records.open(store) as records:
            assert records.runs() == []

    def test_a_folder_where_the_file_should_be(self, store: Path) -> None:
        (store / FILE_NAME).mkdir(parents=True)
        with pytest.raises(RecordsUnusableError, match="unable to open database file"):
            Records.open(store)


class TestNoRoom:
    ON_A_SMALL_DISK = """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x20000) or libc.mount(None, b"/", None, 0x44000, None):
        say("may not mount")
        sys.exit()
    store.mkdir(parents=True)
    if libc.mount(b"none", str(store).encode(), b"tmpfs", 0, b"size=3m"):
        say("may not mount")
        sys.exit()
    blobs = Blobs(store)
    run = RunId("20250131-184502117-00aa00")
    with Records.open(store) as records:
        whole = [blobs.put_bytes(b"first" * 1000)]
        records.begin_run(new_run(run), [])
        records.finish_nodes(run, [finished(run, "a", "1", blobs=[whole[0].digest])])
        code = sentence = None
        try:
            for number in range(100):
                whole.append(blobs.put_bytes(os.urandom(1 << 18)))
        except StoreError as error:
            code, sentence = error.code, str(error)
        left = [path.name for path in blobs.folder.glob("incoming-*")]
        intact = all(blobs.check(blob.digest) == blob for blob in whole)
        filler = store / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(512)):
                    pass
            except OSError:
                pass
        many = [finished(run, f"n{n}", f"r{n}", console="long " * 1000) for n in range(30)]
        recording = code_of(lambda: records.finish_nodes(run, many))
        found = len(records.find_results([f"r{n}" for n in range(30)] + ["1"]))
        filler.unlink()
        for blob in whole[-3:]:
            blobs.discard(blob.digest)
        again = code_of(lambda: records.finish_nodes(run, many))
        found_then = len(records.find_results([f"r{n}" for n in range(30)] + ["1"]))
        say([code, sentence, left, intact, len(whole), recording, found, again, found_then])
    """

    def test_a_full_disk_loses_nothing_that_was_kept(self, store: Path) -> None:
        said = answer(self.ON_A_SMALL_DISK, store)
        if said == "may not mount":
            pytest.skip("a file system of a few megabytes needs the right to mount one")
        code, sentence, left, intact, count, recording, found, again, found_then = said
        assert code == "records-disk-full"
        assert "There is no room left" in sentence
        assert left == []
        assert intact
        assert count > 3
        assert (recording, found) == ("records-disk-full", 1)
        assert (again, found_then) == ("no error", 31)

    def test_a_limit_on_the_size_of_files_is_no_room_either(self, store: Path) -> None:
        said = answer(
            """
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
            blobs = Blobs(store)
            code = code_of(lambda: blobs.put_bytes(bytes(1 << 17)))
            small = blobs.put_bytes(bytes(1 << 10))
            say([code, blobs.check(small.digest).size, len(list(blobs.folder.glob("incoming-*")))])
            """,
            store,
        )
        assert said == ["records-disk-full", 1024, 0]

    def test_a_database_that_may_not_grow(self, store: Path) -> None:
        fill(store)
        size = (store / FILE_NAME).stat().st_size
        said = answer(
            f"""
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
            records = Records.open(store)
            run = RunId("{RUN}")
            big = [finished(run, f"n{{n}}", f"r{{n}}", console="long " * 5000) for n in range(30)]
            codes = code_of(lambda: records.finish_nodes(run, big))
            say([codes, len(records.find_results(["r1", "1"])), records.run(run).id])
            """,
            store,
        )
        assert said == ["records-unusable", 1, RUN]


READ_ONLY = """
import hashlib
codes = {}
records = Records.open(store)
blobs = Blobs(store)
run = RunId("20250131-184502117-00aa00")
use = WorkspaceUse.begin(store)
say({
    "read only": records.read_only,
    "runs": [found.id for found in records.runs()],
    "result": list(records.find_results(["1"])),
    "noted again": records.note_dataset(seen()).version,
    "noted anew": code_of(lambda: records.note_dataset(seen(content="b"))),
    "begin": code_of(lambda: records.begin_run(new_run(), [])),
    "put": code_of(lambda: blobs.put_bytes(b"new")),
    "open": os.read(blobs.open(BlobDigest(hashlib.sha256(b"x").hexdigest())), 9).decode(),
    "use": use.held,
    "sole": code_of(lambda: SoleUse.begin(store)),
    "take": code_of(lambda: RunLock.take(store, RunId("another"))),
    "running": is_running(store, run),
})
"""


EXPECTED = {
    "read only": True,
    "runs": [RUN],
    "result": ["1"],
    "noted again": 1,
    "noted anew": "records-read-only",
    "begin": "records-read-only",
    "put": "records-read-only",
    "open": "x",
    "use": True,
    "sole": "records-read-only",
    "take": "records-read-only",
    "running": False,
}
CARRY = f"""
records = Records.open(store)
Blobs(store).put_bytes(b"x")
use, lock = WorkspaceUse.begin(store), RunLock.take(store, RunId("{RUN}"))
run = RunId("{RUN}")
records.begin_run(new_run(run), [])
records.finish_nodes(run, [finished(run, "a", "1", blobs=["a" * 64])])
records.note_dataset(seen())
say("carrying")
"""


class TestReadOnly:
    def test_everything_can_be_read_and_nothing_written(self) -> None:
        with readable_place() as place:
            answer(CARRY, place / "store")
            assert names_below(place / "store") == [
                "blobs",
                f"blobs/{X[:2]}",
                f"blobs/{X[:2]}/{X}",
                "locks",
                f"locks/run-{RUN}.lock",
                "locks/upgrade.lock",
                "locks/workspace.lock",
                "records.db",
            ]
            with write_protected(place / "store"):
                assert answer(READ_ONLY, place / "store", ordinary_user=True) == EXPECTED

    def test_what_another_user_is_recording_at_the_moment_is_seen(self) -> None:
        with readable_place() as place:
            (place / "store").mkdir()
            with meanwhile(CARRY + "time.sleep(60)", place / "store"):
                # What was recorded is not in the file yet, but in the log beside it.
                assert (place / "store" / f"{FILE_NAME}-wal").stat().st_size > 0
                with write_protected(place / "store"):
                    said = answer(READ_ONLY, place / "store", ordinary_user=True)
        assert said == {**EXPECTED, "running": True}

    def test_what_a_killed_process_recorded_is_seen(self) -> None:
        with readable_place() as place:
            with meanwhile(CARRY + "time.sleep(60)", place / "store"):
                pass
            with write_protected(place / "store"):
                said = answer(READ_ONLY, place / "store", ordinary_user=True)
        assert said == EXPECTED

    def test_there_may_be_nothing_yet(self) -> None:
        said_of_nothing = """
        say([
            code_of(lambda: Records.open(store)),
            code_of(lambda: Blobs(store).put_bytes(b"x")),
            code_of(lambda: Blobs(store).open("a" * 64)),
            WorkspaceUse.begin(store).held,
            is_running(store, RunId("any")),
        ])
        """
        with readable_place() as place, write_protected(place):
            said = answer(said_of_nothing, place / "store", ordinary_user=True)
        assert said == ["records-read-only", "records-read-only", "blob-missing", False, False]

    def test_what_is_too_old_is_not_brought_up_to_date(self) -> None:
        with readable_place() as place:
            fill(place)
            with sqlite3.connect(place / FILE_NAME) as connection:
                connection.execute("DELETE FROM alembic_version")
            connection.close()
            with write_protected(place):
                said = answer(
                    "say(code_of(lambda: Records.open(store)))", place, ordinary_user=True
                )
        assert said == "records-read-only"
