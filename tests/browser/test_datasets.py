"""The page of a dataset in a real browser: its versions, its table, its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import check_accessibility
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

PINNED = "studiolo: 1\nname: Pinned\nnodes:\n  data: {dataset: versions.csv, version: 1}\n"
FOLLOWS = "studiolo: 1\nname: Follows\nnodes:\n  data: {dataset: versions.csv}\n"


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A server of a workspace with datasets."""

    url: str
    #: The link that signs a browser in.
    link: str
    datasets: Path

    def open(self, page: Page, path: str) -> None:
        page.goto(self.link)
        page.goto(f"{self.url}{path}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = new_workspace(tmp_path_factory.mktemp("datasets") / "workspace", samples=False)
    for name, text in (("pinned", PINNED), ("follows", FOLLOWS)):
        folder = root / "experiments" / name
        folder.mkdir(parents=True)
        (folder / "experiment.yaml").write_text(text, encoding="utf-8")
    with server_process(root) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Studio(url=server.url, link=line.split()[-1], datasets=root / "datasets")


def downloaded(page: Page, name: str) -> tuple[str, bytes]:
    """The name and the content of the file that an entry of the Download menu gives."""
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as saving:
        page.get_by_role("menuitem", name=name).click()
    return saving.value.suggested_filename, Path(saving.value.path()).read_bytes()


def test_every_version_opens_and_is_saved(page: Page, studio: Studio) -> None:
    file = studio.datasets / "versions.csv"
    file.write_text("x\n1\n2\n", encoding="utf-8")
    studio.open(page, "/datasets/versions.csv")
    expect(page.get_by_role("gridcell")).to_have_text(["1", "2"])
    expect(page.get_by_role("button", name="Version 1 of 1")).to_be_visible()
    file.write_text("x,y\n7,a\n8,b\n9,c\n", encoding="utf-8")
    # The page notices when it is looked at again: no row of the old content stays.
    page.get_by_role("link", name="Datasets").first.click()
    page.reload()
    page.get_by_role("link", name="versions.csv").click()
    expect(page.get_by_role("gridcell").first).to_have_text("7")
    expect(page.locator(".banner")).to_have_count(0)
    page.get_by_role("button", name="Version 2 of 2").click()
    rows = page.get_by_role("dialog").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("3 rows · 2 columns")
    expect(rows.nth(1).get_by_role("link")).to_have_text(["2", "follows"])
    expect(rows.nth(2)).to_contain_text("2 rows · 1 column")
    expect(rows.nth(2).get_by_role("link")).to_have_text(["1", "pinned"])
    check_accessibility(page)
    page.get_by_role("link", name="Open version 1").click()
    page.wait_for_url("**/datasets/versions.csv?version=1")
    expect(page.get_by_role("gridcell")).to_have_text(["1", "2"])
    expect(page.locator(".banner")).to_contain_text("This is version 1, first seen")
    expect(page.locator(".topbar")).to_contain_text("Used by: pinned")
    expect(page.locator(".statistics")).to_contain_text("Mean1.5")
    check_accessibility(page)
    assert downloaded(page, "CSV") == ("versions-version-1.csv", b"x\n1\n2\n")
    # A bookmark, and the button back.
    page.reload()
    expect(page.get_by_role("gridcell")).to_have_text(["1", "2"])
    page.go_back()
    expect(page.get_by_role("gridcell").first).to_have_text("7")
    page.go_forward()
    page.get_by_role("link", name="Open the current version").click()
    expect(page.get_by_role("gridcell").first).to_have_text("7")
    expect(page.locator(".banner")).to_have_count(0)
    # A node of a version that has not run shows that version.
    page.goto(f"{studio.url}/experiments/pinned")
    page.locator(".react-flow__node").click()
    page.keyboard.press("v")
    page.wait_for_url("**/datasets/versions.csv?version=1")
    page.goto(f"{studio.url}/datasets/versions.csv?version=9")
    expect(page.get_by_role("alert")).to_contain_text("versions.csv")
