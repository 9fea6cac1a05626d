"""Data of NLTK that a workspace keeps: taken from a folder or a zip, found, removed."""

import io
import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from studiolo.environments.data.errors import (
    DataFolderError,
    DataUnknownError,
    DataUnreadableError,
)
from studiolo.environments.data.kept_data import KeptData

STOPWORDS = {"nltk_data/corpora/stopwords/english": b"the\nof\n"}
PUNKT = {
    "nltk_data/tokenizers/punkt/PY3/english.pickle": b"p",
    "nltk_data/tokenizers/punkt/README": b"r",
}


def zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def folder_of(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place / "nltk_data"


@pytest.fixture
def kept(tmp_path: Path) -> KeptData:
    return KeptData(tmp_path / "workspace" / "environments")


def contents(kept: KeptData) -> dict[str, bytes]:
    shown = kept.shown()
    assert shown is not None
    files = (path for path in shown.folder.rglob("*") if path.is_file())
    return {path.relative_to(shown.folder).as_posix(): path.read_bytes() for path in files}


def test_a_folder_as_the_downloader_leaves_it(kept: KeptData, tmp_path: Path) -> None:
    # It keeps the zip beside what it has unpacked, and does not unpack everything.
    source = folder_of(tmp_path, STOPWORDS | PUNKT)
    (source / "corpora" / "stopwords.zip").write_bytes(b"not read")
    inner = zipped({"wordnet/data.noun": b"n", "wordnet/LICENSE": b"l"})
    (source / "corpora" / "wordnet.zip").write_bytes(inner)
    (source / "corpora" / "README").write_bytes(b"")
    assert kept.names() == []
    assert kept.shown() is None
    added = kept.add(["stopwords", "wordnet", "punkt"], source)
    assert added == kept.names() == ["corpora/stopwords", "corpora/wordnet", "tokenizers/punkt"]
    assert contents(kept) == {
        "corpora/stopwords/english": b"the\nof\n",
        "corpora/wordnet/data.noun": b"n",
        "corpora/wordnet/LICENSE": b"l",
        "tokenizers/punkt/PY3/english.pickle": b"p",
        "tokenizers/punkt/README": b"r",
    }


@pytest.mark.parametrize(
    "files",
    [
        STOPWORDS,
        {"corpora/stopwords/english": b"the\nof\n"},
        {"packages/corpora/stopwords.zip": zipped({"stopwords/english": b"the\nof\n"})},
        {"nltk_data\\corpora\\stopwords\\english": b"the\nof\n"},
    ],
    ids=["of the folder", "of its content", "of zips", "from Windows"],
)
def test_a_zip(kept: KeptData, tmp_path: Path, files: Mapping[str, bytes]) -> None:
    source = tmp_path / "data.zip"
    source.write_bytes(zipped(files))
    assert kept.add(["stopwords"], source) == ["corpora/stopwords"]
    assert contents(kept) == {"corpora/stopwords/english": b"the\nof\n"}


def test_the_folder_of_the_corpora_does_as_well(kept: KeptData, tmp_path: Path) -> None:
    source = folder_of(tmp_path, STOPWORDS) / "corpora"
    assert kept.add(["stopwords"], source) == ["corpora/stopwords"]


def test_a_name_that_is_not_there_adds_nothing(kept: KeptData, tmp_path: Path) -> None:
    source = folder_of(tmp_path, STOPWORDS | PUNKT)
    with pytest.raises(DataUnknownError, match=r'no data "stopword"\. Did you mean "stopwords"'):
        kept.add(["punkt", "stopword"], source)
    assert kept.names() == []
    with pytest.raises(DataUnreadableError, match="No such file"):
        kept.add(["punkt"], tmp_path / "gone")
    (tmp_path / "text.zip").write_bytes(b"text")
    with pytest.raises(DataUnreadableError, match="not an intact zip"):
        kept.add(["punkt"], tmp_path / "text.zip")


def link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("corpora/stopwords/english")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("corpora/stopwords/../../../../x", "leads out"),
        ("/corpora/stopwords/x", "leads out"),
        ("C:/corpora/stopwords/x", "leads out"),
        (link(), "is a link"),
    ],
)
def test_nothing_is_written_outside(
    kept: KeptData, tmp_path: Path, member: str | zipfile.ZipInfo, said: str, *, nested: bool
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(member, b"/etc/passwd")
    data = content.getvalue()
    source = tmp_path / "data.zip"
    source.write_bytes(zipped({"corpora/stopwords.zip": data}) if nested else data)
    with pytest.raises(DataUnreadableError, match=said):
        kept.add(["stopwords"], source)
    assert not kept.names()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["data.zip"]


def test_a_link_out_of_the_source_is_not_followed(kept: KeptData, tmp_path: Path) -> None:
    source = folder_of(tmp_path, STOPWORDS)
    (tmp_path / "secret").write_text("s")
    (source / "corpora" / "stopwords" / "danish").symlink_to(tmp_path / "secret")
    with pytest.raises(DataUnreadableError, match="danish leads out"):
        kept.add(["stopwords"], source)


def test_a_link_in_the_place_of_the_data_is_not_shown_to_scripts(
    kept: KeptData, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    folder_of(secret, STOPWORDS)
    place = tmp_path / "workspace" / "environments" / "data"
    place.mkdir(parents=True)
    (place / "nltk").symlink_to(secret / "nltk_data")
    for act in (
        kept.shown,
        lambda: kept.remove(["stopwords"]),
        lambda: kept.add(["stopwords"], secret / "nltk_data"),
    ):
        with pytest.raises(DataFolderError, match="link"):
            act()
    assert (secret / "nltk_data" / "corpora" / "stopwords" / "english").exists()


def test_what_was_added_is_replaced_and_removed(kept: KeptData, tmp_path: Path) -> None:
    source = folder_of(tmp_path, STOPWORDS | PUNKT)
    kept.add(["stopwords", "punkt"], source)
    first = kept.shown()
    kept.add(["stopwords"], source)
    assert kept.shown() == first, "equal data have an equal digest"
    (source / "corpora" / "stopwords" / "english").write_bytes(b"a\n")
    kept.add(["stopwords"], source)
    second = kept.shown()
    assert second is not None
    assert first is not None
    assert second.digest != first.digest
    # An edit by hand counts as well, and so does a file that is no longer there.
    edited = second.folder / "corpora" / "stopwords" / "english"
    edited.write_bytes(b"an")
    third = kept.shown()
    edited.unlink()
    assert len({first, second, third, kept.shown()}) == 4
    with pytest.raises(DataUnknownError, match="It has: stopwords, punkt"):
        kept.remove(["punkt", "wordnet"])
    assert kept.remove(["corpora/stopwords", "punkt"]) == ["corpora/stopwords", "tokenizers/punkt"]
    assert kept.shown() is None


def test_the_user_of_the_sandbox_can_read_them(kept: KeptData, tmp_path: Path) -> None:
    source = folder_of(tmp_path, STOPWORDS)
    before = os.umask(0o077)
    try:
        kept.add(["stopwords"], source)
    finally:
        os.umask(before)
    shown = kept.shown()
    assert shown is not None
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in shown.folder.rglob("*")}
    assert modes == {"corpora": 0o755, "stopwords": 0o755, "english": 0o644}
