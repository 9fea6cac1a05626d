"""The device's folder is written to, and nothing that a link in it leads to."""

from pathlib import Path

import pytest

from studiolo.cli.device_folder import write_device_page
from studiolo.cli.errors import DeviceFolderError
from studiolo.sandbox.exchange.job import Image, PythonDevice


@pytest.mark.parametrize("name", ["linked/a.png", "mine.png"])
def test_no_link_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "device", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "mine.png").write_bytes(b"mine")
    (folder / "linked").symlink_to(outside)
    (folder / "mine.png").symlink_to(outside / "mine.png")
    image = Image(name=name, media_type="image/png", content=b"new")
    device = PythonDevice(console="", console_dropped=0, images=[image])
    with pytest.raises(DeviceFolderError, match="symbolic link"):
        write_device_page(device, None, folder, of_node=False, title="a", summary="b")
    assert [path.name for path in outside.iterdir()] == ["mine.png"]
    assert (outside / "mine.png").read_bytes() == b"mine"


def test_a_file_that_can_not_be_written_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = PythonDevice(console="before", console_dropped=0, images=[])
    write_device_page(device, None, tmp_path, of_node=False, title="a", summary="b")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("studiolo.files.whole_file.os.fsync", full)
    device = PythonDevice(console="after", console_dropped=0, images=[])
    with pytest.raises(DeviceFolderError, match="No space left"):
        write_device_page(device, None, tmp_path, of_node=False, title="a", summary="b")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
