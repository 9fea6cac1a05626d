"""NLTK's data from the network, as its index describes them, checked before anything is kept."""

import hashlib
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from studiolo.environments.data.errors import DataDownloadError, DataUnknownError

#: The index that NLTK's own downloader asks.
NLTK_INDEX: Final = "https://raw.githubusercontent.com/nltk/nltk_data/gh-pages/index.xml"
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_MOST_OF_INDEX: Final = 16 << 20
_MOST: Final = 4 << 30
_PIECE: Final = 1 << 20
_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class _Package:
    folder: str
    address: str
    size: int
    #: The name of the checksum's algorithm, and the checksum.
    checksum: tuple[str, str]


def download(
    names: Sequence[str],
    folder: Path,
    *,
    index: str = NLTK_INDEX,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> None:
    """Download data into a folder, as NLTK's downloader lays them out.

    Args:
        names: Such as "stopwords".
        folder: Gets the zips, each in the folder of its kind.
        index: The address of the index.
        progress: Told the name and the size in bytes of what is downloaded next.

    Raises:
        DataUnknownError: The index does not have one of them; nothing was downloaded.
        DataDownloadError: One can't be reached, or is not what the index describes.
    """
    packages = _read_index(index)
    for name in names:
        if name not in packages:
            raise DataUnknownError(name=name, place=f'"{index}"', known=sorted(packages))
    for name in names:
        package = packages[name]
        progress(name, package.size)
        target = folder / package.folder / f"{name}.zip"
        target.parent.mkdir(parents=True, exist_ok=True)
        _fetch(package, target)


def _read_index(address: str) -> dict[str, _Package]:
    content = b"".join(_pieces(address, _MOST_OF_INDEX))
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  # expat bounds what entities grow to
    except ElementTree.ParseError as error:
        reason = f"it is not an index of NLTK's data ({error})"
        raise DataDownloadError(address=address, reason=reason) from error
    found = {}
    for element in root.iter("package"):
        name, folder = element.get("id", ""), element.get("subdir", "")
        sha256, md5 = element.get("sha256_checksum"), element.get("checksum")
        checksum = ("sha256", sha256) if sha256 else ("md5", md5 or "")
        size = element.get("size", "")
        # What has a strange name can't be asked for.
        if _NAME.fullmatch(name) and _NAME.fullmatch(folder) and size.isdecimal():
            found[name] = _Package(
                folder=folder,
                address=urljoin(address, element.get("url", "")),
                size=int(size),
                checksum=(checksum[0], checksum[1].lower()),
            )
    return found


def _fetch(package: _Package, target: Path) -> None:
    kind, wanted = package.checksum
    digest = hashlib.new(kind, usedforsecurity=False)
    with target.open("wb") as file:
        for piece in _pieces(package.address, min(package.size, _MOST)):
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != wanted:
        reason = f"its {kind} checksum is not the one that the index gives"
        raise DataDownloadError(address=package.address, reason=reason)


def _pieces(address: str, most: int) -> Iterator[bytes]:
    """The bytes at an address, in pieces."""
    if urlsplit(address).scheme not in ("https", "http"):
        raise DataDownloadError(address=address, reason="it is not a web address")
    left = most
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310  # as checked
            while piece := answer.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    reason = f"it has more than {most:,} bytes"
                    raise DataDownloadError(address=address, reason=reason)
                yield piece
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"the server answered {error.code} {error.reason}"
        raise DataDownloadError(address=address, reason=reason) from error
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "reason", error))
        raise DataDownloadError(address=address, reason=reason) from error
