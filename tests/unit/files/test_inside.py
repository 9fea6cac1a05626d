from pathlib import Path

import pytest

from studiolo.files.inside import leads_out, name_inside, stays_inside


@pytest.mark.parametrize("name", ["a.csv", "a/b.csv", "./a", "a/./b", "..a", "a..b/c"])
def test_names_that_stay_inside(name: str) -> None:
    assert stays_inside(name)


@pytest.mark.parametrize("name", ["", ".", "/a", "..", "../a", "a/../b", "a/..", "//a"])
def test_names_that_may_not(name: str) -> None:
    assert not stays_inside(name)


def test_links_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    (folder / "within").symlink_to(folder / "sub")
    assert leads_out(folder / "out" / "a", folder)
    assert not leads_out(folder / "within" / "a", folder)
    assert name_inside(folder / "within" / "a", folder) == "sub/a"
    # The folder may be a link itself: its owner made it one.
    (tmp_path / "link").symlink_to(folder)
    assert name_inside(tmp_path / "link" / "a", tmp_path / "link") == "a"
