"""Datasets that are uploaded: piece by piece, whole or not at all."""

import hashlib
import io
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import studiolo
from studiolo.datasets.errors import DatasetError, UnknownFormatError
from studiolo.environments.environment import Environment
from studiolo.errors import StudioloError
from studiolo.workspace.cleaning import forget_runs, stored_bytes
from studiolo.workspace.errors import (
    DatasetExistsError,
    UploadCutOffError,
    UploadNameError,
    UploadTooLargeError,
    WorkspaceUnwritableError,
)

CITIES = b"city,degrees\nSeoul,25\nOslo,12\n"
#: Uploads 96 MiB that nobody ever holds as a whole, with 64 MiB more memory than it has by then.
BOUNDED = """\
import resource, sys
import studiolo

with studiolo.open_workspace(sys.argv[1]) as workspace:
    workspace.upload("small.csv", b"a\\n1\\n")
    taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + (64 << 20),) * 2)
    row = b"1,2,3\\n" * 10_000
    uploaded = workspace.upload("large.csv", (row for _ in range((96 << 20) // len(row))))
    print(uploaded.size)
    with open(workspace.root / "datasets" / "large.csv", "rb") as file:
        print(workspace.upload("again.csv", file).digest == uploaded.digest)
    # The content that is replaced is kept as a version, which must not be read whole either.
    print(workspace.upload("again.csv", b"a\\n1\\n", replace=True).size)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[studiolo.Workspace]:
    root = studiolo.new_workspace(tmp_path / "workspace", samples=False)
    with studiolo.open_workspace(root) as opened:
        yield opened


def files(workspace: studiolo.Workspace) -> dict[str, bytes]:
    """Everything in the datasets folder, hidden files too."""
    folder = workspace.root / "datasets"
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"a folder"
        for path in folder.rglob("*")
    }


def cut_off() -> Iterator[bytes]:
    yield CITIES[:10]
    raise ConnectionResetError("the browser is gone")


def test_an_upload_becomes_a_dataset_that_a_run_reads(
    workspace: studiolo.Workspace, default_environment: Environment
) -> None:
    pieces = (CITIES[i : i + 7] for i in range(0, len(CITIES), 7))
    uploaded = workspace.upload("folder/cities.csv", pieces, size=len(CITIES), limit=len(CITIES))
    assert uploaded.name == "folder/cities.csv"
    assert (uploaded.size, uploaded.digest) == (len(CITIES), hashlib.sha256(CITIES).hexdigest())
    assert files(workspace) == {"folder": b"a folder", "folder/cities.csv": CITIES}
    draft = workspace.new_experiment("one")
    node = draft.dataset("folder/cities.csv", name="cities")
    assert draft.run()[node].frame()["degrees"].tolist() == [25, 12]


@pytest.mark.parametrize("source", [CITIES, bytearray(CITIES), memoryview(CITIES)])
def test_bytes_and_open_files_are_sources_too(
    workspace: studiolo.Workspace, source: bytes | bytearray | memoryview
) -> None:
    workspace.upload("bytes.csv", source)
    workspace.upload("file.csv", io.BytesIO(CITIES))
    assert files(workspace) == {"bytes.csv": CITIES, "file.csv": CITIES}


def test_the_same_content_is_shared_and_another_is_not_written_over(
    workspace: studiolo.Workspace,
) -> None:
    workspace.upload("cities.csv", CITIES)
    before = (workspace.root / "datasets" / "cities.csv").stat()
    workspace.upload("cities.csv", CITIES)
    after = (workspace.root / "datasets" / "cities.csv").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    with pytest.raises(DatasetExistsError, match=r"cities\.csv"):
        workspace.upload("cities.csv", CITIES.upper())
    assert files(workspace) == {"cities.csv": CITIES}


def test_what_is_replaced_stays_a_version_although_nobody_has_run_it(
    workspace: studiolo.Workspace, default_environment: Environment
) -> None:
    workspace.upload("cities.csv", CITIES)
    workspace.upload("cities.csv", CITIES.replace(b"25", b"35"), replace=True)
    workspace.upload("cities.csv", CITIES.replace(b"25", b"45"), replace=True)
    draft = workspace.new_experiment("versions")
    nodes = [
        draft.dataset("cities.csv", name=f"version {version}", version=version)
        for version in (1, 2, None)
    ]
    run = draft.run()
    assert [run[node].frame()["degrees"].tolist()[0] for node in nodes] == [25, 35, 45]


def test_many_who_replace_at_once_lose_no_content(workspace: studiolo.Workspace) -> None:
    many = 6
    contents = [f"a\n{number}\n".encode() for number in range(many)]
    together = threading.Barrier(many)

    def replace(content: bytes) -> None:
        together.wait()
        workspace.upload("a.csv", [content], replace=True)

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(replace, contents))
    there = files(workspace)
    assert list(there) == ["a.csv"]
    kept = workspace.datasets.versions.of("a.csv")
    digests = {hashlib.sha256(content).hexdigest() for content in contents}
    assert {version.content for version in kept} | {
        hashlib.sha256(there["a.csv"]).hexdigest()
    } == digests


@pytest.mark.parametrize("announced", [None, 100])
def test_an_upload_that_is_cut_off_leaves_nothing(
    workspace: studiolo.Workspace, announced: int | None
) -> None:
    source = cut_off() if announced is None else [CITIES]
    with pytest.raises(UploadCutOffError, match="cut off after") as caught:
        workspace.upload("folder/cities.csv", source, size=announced)
    assert caught.value.size == (10 if announced is None else len(CITIES))
    assert files(workspace) == {}


def test_a_failure_of_the_source_is_its_own(workspace: studiolo.Workspace) -> None:
    def failing() -> Iterator[bytes]:
        yield b"a\n"
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        workspace.upload("a.csv", failing())
    assert files(workspace) == {}


def test_an_upload_over_the_limit_is_refused_before_it_is_read_to_its_end(
    workspace: studiolo.Workspace,
) -> None:
    asked = []

    def endless() -> Iterator[bytes]:
        while True:
            asked.append(1)
            yield b"1\n" * 50

    with pytest.raises(UploadTooLargeError, match="1KiB"):
        workspace.upload("a.csv", endless(), limit=1024)
    assert len(asked) == 11
    with pytest.raises(UploadTooLargeError):
        workspace.upload("a.csv", endless(), limit=1024, size=1025)
    assert len(asked) == 11
    assert files(workspace) == {}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("../a.csv", UploadNameError),
        ("/tmp/a.csv", UploadNameError),  # is refused
        (".hidden.csv", UploadNameError),
        (".folder/a.csv", UploadNameError),
        ("folder//a.csv", UploadNameError),
        ("a\nb.csv", UploadNameError),
        ("a\\b.csv", UploadNameError),
        (" a.csv", UploadNameError),
        ("", UploadNameError),
        ("a.xyz", UnknownFormatError),
        ("a", UnknownFormatError),
    ],
)
def test_names_that_no_dataset_can_have_are_refused_before_anything_is_read(
    workspace: studiolo.Workspace, name: str, error: type[StudioloError]
) -> None:
    with pytest.raises(error):
        workspace.upload(name, cut_off())
    assert files(workspace) == {}


def test_an_upload_follows_no_link_out_of_the_datasets(
    workspace: studiolo.Workspace, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (workspace.root / "datasets" / "folder").symlink_to(outside)
    for replace in (False, True):
        with pytest.raises((WorkspaceUnwritableError, DatasetError)):
            workspace.upload("folder/a.csv", CITIES, replace=replace)
    assert list(outside.iterdir()) == []


def test_a_full_disk_leaves_nothing(workspace: studiolo.Workspace) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    workspace.upload("small.csv", CITIES)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(WorkspaceUnwritableError, match="too large"):
            workspace.upload("large.csv", (b"1\n" * 4096 for _ in range(1024)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(workspace) == {"small.csv": CITIES}


def test_an_upload_larger_than_the_memory_is_taken(workspace: studiolo.Workspace) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(workspace.root)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    assert done.stdout.split() == [str((96 << 20) // 60_000 * 60_000), "True", "4"]
    names = {name for name in files(workspace) if not name.startswith("small")}
    assert names == {"large.csv", "again.csv"}


#: Begins to upload, and ends as if it had been killed by the kernel.
KILLED = """\
import os, signal, sys
import studiolo

def pieces():
    yield b"a" * (1 << 20)
    os.kill(os.getpid(), signal.SIGKILL)

with studiolo.open_workspace(sys.argv[1]) as workspace:
    workspace.upload("large.csv", pieces())
"""


def test_what_a_killed_process_leaves_is_removed_when_the_workspace_is_opened(
    workspace: studiolo.Workspace,
) -> None:
    subprocess.run([sys.executable, "-c", KILLED, workspace.root], check=False, timeout=60)
    assert [name.endswith(".part") for name in files(workspace)] == [True]
    studiolo.open_workspace(workspace.root).close()
    assert files(workspace) == {}


def test_what_is_being_uploaded_stays(workspace: studiolo.Workspace) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a\n"
        studiolo.open_workspace(workspace.root).close()
        forget_runs(workspace.root, keep=1)
        yield b"1\n"

    workspace.upload("small.csv", pieces())
    assert files(workspace) == {"small.csv": b"a\n1\n"}


def test_cleaning_removes_what_is_left_over_anywhere(workspace: studiolo.Workspace) -> None:
    left = workspace.root / "experiments" / "one" / f".one.py.{'0' * 16}.part"
    copies = workspace.root / ".copying-abc_123"
    for file in (left, copies / "0", workspace.root / "datasets" / ".mine.part"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * (1 << 20))
    assert stored_bytes(workspace.root) > 1 << 20
    assert forget_runs(workspace.root, keep=1) > 1 << 20
    assert not left.exists()
    assert not copies.exists()
    # What a user called so is not ours.
    assert files(workspace) == {".mine.part": b"x" * (1 << 20)}
