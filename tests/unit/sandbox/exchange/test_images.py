import io
import os
import resource
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from studiolo.sandbox.exchange.images import collect_images
from studiolo.sandbox.exchange.job import Image
from studiolo.sandbox.policy.policy import Limits, load_policy

LIMITS = load_policy().limits
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
Collect = Callable[..., tuple[list[Image], list[str]]]


def picture(kind: str, size: tuple[int, int] = (2, 2)) -> bytes:
    content = io.BytesIO()
    PillowImage.new("RGB", size).save(content, kind)
    return content.getvalue()


@pytest.fixture
def collect(tmp_path: Path) -> Collect:
    def run(limits: Limits = LIMITS) -> tuple[list[Image], list[str]]:
        folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return collect_images(folder, limits)
        finally:
            os.close(folder)

    return run


def test_pictures_come_in_the_order_of_their_making(tmp_path: Path, collect: Collect) -> None:
    for number, name in enumerate(["z.png", "a.jpg", "m.svg"]):
        content = SVG.format("").encode()
        if not name.endswith("svg"):
            content = picture("PNG" if name.endswith("png") else "JPEG")
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, ns=(number, number))
    images, left_out = collect()
    assert [(image.name, image.media_type) for image in images] == [
        ("z.png", "image/png"),
        ("a.jpg", "image/jpeg"),
        ("m.svg", "image/svg+xml"),
    ]
    assert left_out == []
    assert images[0].content == picture("PNG")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        b"<svg",
        SVG.format("<script>alert(1)</script>").encode(),
        SVG.format("<SCRIPT/>").encode(),
        SVG.format('<x:script xmlns:x="http://www.w3.org/2000/svg"/>').encode(),
        SVG.format("<foreignObject><p/></foreignObject>").encode(),
        SVG.format('<g onload="alert(1)"/>').encode(),
        SVG.format('<image href="http://example.com/a.png"/>').encode(),
        SVG.format('<image xlink:href="file:///etc/passwd"/>').encode(),
        SVG.format('<a href="javascript:alert(1)"/>').encode(),
        SVG.format('<image href="data:image/svg+xml;base64,AAAA"/>').encode(),
        SVG.format('<image href="data:text/html,x"/>').encode(),
        SVG.format('<set attributeName="xlink:href" to="javascript:alert(1)"/>').encode(),
        SVG.format('<g fill="url(http://example.com)"/>').encode(),
        SVG.format("<g style='fill: URL( \"//example.com\")'/>").encode(),
        SVG.format("<style>@import 'x.css';</style>").encode(),
        SVG.format("<style>g { fill: ur<!-- -->l(x) }</style>").encode(),
        SVG.format("<style>g { fill: u\\72l(x) }</style>").encode(),
        b'<?xml-stylesheet href="a.xsl" type="text/xsl"?>' + SVG.format("").encode(),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;").encode(),
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("&a;").encode(),
        SVG.format("<script/>").encode("utf-16"),
    ],
)
def test_drawings_that_do_something_are_left_out(
    content: bytes, tmp_path: Path, collect: Collect
) -> None:
    (tmp_path / "a.svg").write_bytes(content)
    images, left_out = collect()
    assert images == []
    assert len(left_out) == 1
    assert "'a.svg' is left out" in left_out[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<text>once upon a time, on the onset</text>",
        '<g clip-path="url(#p1)"/>',
        '<use xlink:href="#m1"/>',
        '<image xlink:href="data:image/png;base64,AAAA"/>',
        "<style type='text/css'>*{stroke-linejoin: round; fill: url('#p1')}</style>",
    ],
)
def test_drawings_as_matplotlib_makes_them_are_kept(
    inside: str, tmp_path: Path, collect: Collect
) -> None:
    head = (
        '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n'
        '  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    )
    (tmp_path / "a.svg").write_text(head + SVG.format(inside))
    images, left_out = collect()
    assert left_out == []
    assert [image.name for image in images] == ["a.svg"]


def test_a_picture_of_too_many_pixels_is_left_out(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "a.png").write_bytes(picture("PNG", (100, 100)))
    images, left_out = collect(replace(LIMITS, image_pixels=9_999))
    assert images == []
    assert "9,999 pixels" in left_out[0]
    images, _ = collect(replace(LIMITS, image_pixels=10_000))
    assert len(images) == 1


def test_a_picture_far_too_large_for_pillow_is_left_out_for_its_size(
    tmp_path: Path, collect: Collect
) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    small = picture("PNG")
    (tmp_path / "a.png").write_bytes(
        small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]
    )
    images, left_out = collect()
    assert images == []
    assert "60000 by 60000 are more than 64,000,000 pixels" in left_out[0]


def test_links_pipes_and_folders_are_not_followed(tmp_path: Path, collect: Collect) -> None:
    outside = tmp_path.with_name(f"{tmp_path.name}-outside")
    outside.mkdir()
    (outside / "b.png").write_bytes(picture("PNG"))
    (tmp_path / "a.png").symlink_to(outside / "b.png")
    (tmp_path / "folder").symlink_to(outside)
    os.mkfifo(tmp_path / "c.png")
    (tmp_path / "d.png").mkdir()
    assert collect() == ([], [])


def test_all_pictures_together_are_bounded(tmp_path: Path, collect: Collect) -> None:
    for number in range(5):
        (tmp_path / f"{number}.png").write_bytes(picture("PNG"))
    images, left_out = collect(replace(LIMITS, images=3))
    assert (len(images), len(left_out)) == (3, 1)
    images, left_out = collect(replace(LIMITS, image_bytes=2 * len(picture("PNG"))))
    assert (len(images), len(left_out)) == (2, 3)


def test_nothing_stays_open(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    before = len(list(Path("/proc/self/fd").iterdir()))
    collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_more_folders_than_a_process_may_open_are_walked(tmp_path: Path) -> None:
    for number in range(600):
        (tmp_path / f"folder-{number}").mkdir()
        if number % 2:
            (tmp_path / f"folder-{number}" / "a.png").write_bytes(b"no image")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    directory = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
    try:
        before = len(list(Path("/proc/self/fd").iterdir()))
        images, left_out = collect_images(directory, LIMITS)
        assert len(list(Path("/proc/self/fd").iterdir())) == before
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(directory)
    assert images == []
    assert left_out[0] == "The script left images in 300 folders: those in 200 of them are kept."
    assert left_out[-1] == "180 more images are left out."


def test_files_beyond_what_is_looked_at_are_said_to_be_left_out(
    tmp_path: Path, collect: Collect
) -> None:
    for number in range(2_000):
        (tmp_path / f"{number}.txt").touch()
    assert collect() == ([], [])
    (tmp_path / "one-more.txt").touch()
    _, left_out = collect()
    assert left_out == [
        "The script left more than 2,000 files and folders: only the first 2,000 were searched for "
        "images."
    ]
