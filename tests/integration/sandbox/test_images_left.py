"""Pictures as a hostile script leaves them in its working directory."""

# ruff: noqa: E501  # one line of a hostile script stays one line
import io
from dataclasses import replace

import pytest
from PIL import Image

from .places import LIMITS, PREAMBLE, Here, assert_works


def png(width: int = 2, height: int = 2) -> bytes:
    content = io.BytesIO()
    Image.new("1", (width, height)).save(content, "PNG")
    return content.getvalue()


SOUND = png()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><text>sound</text></svg>'


def names_left(either: Here, script: str, **changes: int) -> tuple[list[str], str]:
    outcome = either.run(
        f"{PREAMBLE}SOUND = {SOUND!r}\nSVG = {SVG!r}\n"
        "def leave(name, content=SOUND):\n    open(name, 'wb').write(content)\n"
        f"def attack():\n    {script}\n",
        limits=replace(LIMITS, **changes),
    )
    assert outcome.failure is None, outcome.failure
    assert_works(either)
    return [image.name for image in outcome.device.images], "\n".join(outcome.log)


@pytest.mark.parametrize(
    "script",
    [
        "os.symlink('/etc/passwd', 'a.png')",
        "os.symlink('sound.png', 'a.png')",
        "os.symlink('/proc/self/root', 'folder')",
        "os.symlink('..', 'folder')",
        "os.mkdir('a.png')",
        "tried(os.mkfifo, 'a.png')",
        "tried(os.mknod, 'a.png', 0o20600, 0x103)",
        "tried(os.link, '/usr/bin/env', 'a.png')",
        "leave('a.png', b'')",
        "leave('a.png', SVG)",
        "leave('a.png', SOUND[:40])",
        "leave('a.png', b'GIF89a' + bytes(100))",
        "leave('a.png', SOUND.replace(b'IDAT', b'IDAX'))",
        "leave('a.jpg', SOUND)",
        "leave('a.svg', SOUND)",
        "leave('a.svg', SVG.replace(b'<text', b'<script>alert(1)</script><text'))",
        "leave('a.svg', SVG.replace(b'<text', b'<text onclick=\"alert(1)\"'))",
        "os.mkdir('.hidden'); leave('.hidden/a.png')",
        "leave('a.png'); os.chdir('/'); os.unlink(os.environ['TMPDIR'] + '/../work/a.png')",
    ],
)
def test_only_sound_pictures_are_kept(script: str, either: Here) -> None:
    left, _ = names_left(either, f"leave('sound.png'); {script}")
    assert left == ["sound.png"]


def test_a_picture_that_unfolds_to_gigabytes_is_left_out(either: Here) -> None:
    large = png(10_000, 10_000)
    assert len(large) < 100_000
    left, log = names_left(either, f"leave('bomb.png', {large!r}); leave('sound.png')")
    assert left == ["sound.png"]
    assert "'bomb.png' is left out" in log
    assert "pixels" in log


def test_the_number_of_pictures_is_limited(either: Here) -> None:
    left, log = names_left(either, "[leave(f'{number:03}.png') for number in range(50)]", images=20)
    assert len(left) == 20
    assert "Only the first 20 images are kept." in log


def test_the_bytes_of_pictures_are_limited(either: Here) -> None:
    left, log = names_left(
        either,
        "[leave(f'{number:03}.png') for number in range(50)]",
        image_bytes=10 * len(SOUND) + 1,
    )
    assert len(left) == 10
    assert "all images of a run" in log


def test_pictures_in_folders_are_found(either: Here) -> None:
    left, _ = names_left(either, "os.makedirs('a/b'); leave('a/b/c.PNG'); leave('d.svg', SVG)")
    assert sorted(left) == ["a/b/c.PNG", "d.svg"]


@pytest.mark.parametrize("depth", [100, 400])
def test_pictures_far_down_are_not_looked_for(depth: int, either: Here) -> None:
    if not either.namespaces:
        pytest.skip("so many nested folders end the run there")
    script = f"leave('sound.png'); [(os.mkdir('d'), os.chdir('d')) for _ in range({depth})]"
    left, _ = names_left(either, f"{script}; leave('deep.png')")
    assert left == ["sound.png"]


def test_many_files_are_not_looked_through(either: Here) -> None:
    script = "leave('0.png'); [open(f'{number}.txt', 'w').close() for number in range(6000)]"
    left, _ = names_left(either, script)
    assert left in ([], ["0.png"])


@pytest.mark.parametrize(
    "script",
    [
        "os.rename('.', '../other')",
        "os.rename(os.getcwd(), '../other'); os.symlink('/etc', '../work')",
        "leave('a.png'); os.rename(os.getcwd(), '../other'); os.symlink('other', '../work')",
        "import shutil; shutil.rmtree(os.getcwd())",
        "import shutil; shutil.rmtree(os.getcwd()); open('../work', 'w').close()",
        "os.chmod('.', 0)",
        "os.mkdir('a'); os.chmod('a', 0)",
    ],
)
def test_a_working_directory_that_is_none_gives_no_pictures(script: str, either: Here) -> None:
    outcome = either.run(f"{PREAMBLE}def leave(name): open(name, 'wb').write({SOUND!r})\n"
                        f"def attack():\n    return tried(lambda: exec({script!r}, globals()))\n")  # fmt: skip
    assert outcome.device.images == []
    assert outcome.failure is None, outcome.failure
    assert_works(either)
