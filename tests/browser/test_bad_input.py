"""What goes wrong around an open canvas: its file, its modules, its server, the network."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import check_leaving_asks
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "n" * 10_000
NAME = "한글 실험"
EXPERIMENT = """
studiolo: 1
name: 당뇨병 예측
nodes:
  데이터: {dataset: data.csv}
  own: {module: own, inputs: {dataset: 데이터}}
"""
HEAVY = f'''
import struct
import sys
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def down(left):
    return down(left - 1) if left else 1 / 0


def azureml_main(dataframe1=None, dataframe2=None):
    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    with open("huge.png", "wb") as file:
        file.write(b"\\x89PNG\\r\\n\\x1a\\n")
        file.write(chunk(b"IHDR", size) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    for number in range(20):
        print("{HOSTILE}" + 1_000_000 * "x")
    print("the very end")
    sys.setrecursionlimit(20_000)
    down(9_998)
'''
MODULE = '''
# /// script
# [tool.studiolo]
# name = "Own"
#
# [tool.studiolo.inputs.dataset]
# ///
"""Returns what it gets."""

def azureml_main(dataset):
    return (dataset,)
'''


@dataclass
class Studio:
    """A server that can be stopped, and started again at the same address."""

    workspace: Path
    url: str = ""
    link: str = ""
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        server = self._running.enter_context(server_process(self.workspace, port=port))
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        self.url, self.link = server.url, line.split()[-1]

    def stop(self) -> None:
        self._running.close()

    @property
    def file(self) -> Path:
        return self.workspace / "experiments" / NAME / "experiment.yaml"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    workspace = new_workspace(tmp_path_factory.mktemp("bad") / "workspace", samples=False)
    header = ",".join([f'"{HOSTILE}"', LONG, *(f"c{number}" for number in range(5_000))])
    (workspace / "datasets" / "data.csv").write_text(f"{header}\n{',1' * 5_001}\n")
    (workspace / "modules" / "own.py").write_text(MODULE)
    (workspace / "experiments" / NAME).mkdir()
    heavy = workspace / "experiments" / "heavy"
    heavy.mkdir()
    (heavy / "script.py").write_text(HEAVY)
    own = "{module: execute-python-script, script: script.py}"
    (heavy / "experiment.yaml").write_text(f"{{studiolo: 1, name: Heavy, nodes: {{own: {own}}}}}")
    made = Studio(workspace)
    made.file.write_text(EXPERIMENT)
    made.start()
    yield made
    made.stop()


def opened(page: Page, studio: Studio) -> None:
    page.goto(studio.link)
    page.goto(f"{studio.url}/experiments/{quote(NAME)}")
    expect(page.locator(".react-flow__node")).to_have_count(2)
    expect(page.get_by_role("heading", name="당뇨병 예측")).to_be_visible()
    # What is loaded on use is there then, too.
    own = page.locator('.react-flow__node[data-id="own"]')
    own.click()
    expect(page.get_by_role("textbox", name="Comment")).to_be_visible()
    page.keyboard.press("Escape")


def comment(page: Page, text: str) -> None:
    page.locator('.react-flow__node[data-id="own"]').click()
    page.get_by_role("textbox", name="Comment").fill(text)
    page.keyboard.press("Enter")


def test_a_broken_file_is_named_with_its_line_and_the_last_good_graph_stays(
    page: Page, studio: Studio
) -> None:
    opened(page, studio)
    studio.file.write_text(EXPERIMENT.replace("inputs: {", "inputs: {{"))
    expect(page.get_by_role("alert")).to_contain_text("experiment.yaml:6")
    expect(page.locator(".react-flow__node")).to_have_count(2)
    studio.file.write_text(EXPERIMENT.replace("own, ", "own, timeout: soon, "))
    expect(page.get_by_role("alert")).to_contain_text("experiment.yaml:6: The timeout of node")
    studio.file.write_text(EXPERIMENT)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_module_that_was_deleted_is_named_at_its_node(page: Page, studio: Studio) -> None:
    module = studio.workspace / "modules" / "own.py"
    with page.expect_response("**/events"):  # it hears of changes from then on
        opened(page, studio)
    own = page.locator('.react-flow__node[data-id="own"]')
    expect(own).not_to_contain_text("Needs attention")
    module.unlink()
    expect(own).to_contain_text("Needs attention")
    module.write_text(MODULE)
    expect(own).not_to_contain_text("Needs attention")


def test_a_change_waits_while_the_network_or_the_server_is_gone(
    page: Page, studio: Studio, complaints: list[str]
) -> None:
    opened(page, studio)
    page.context.set_offline(True)
    comment(page, "while offline")
    expect(page.locator(".banner.off")).to_be_visible()
    assert "while offline" not in studio.file.read_text()
    check_leaving_asks(page)
    page.context.set_offline(False)
    expect(page.locator(".saved")).to_have_text("Saved")
    assert "while offline" in studio.file.read_text()

    studio.stop()
    comment(page, "while it was restarted")
    expect(page.locator(".banner.off")).to_be_visible()
    studio.start()
    expect(page.locator(".saved")).to_have_text("Saved")
    assert "while it was restarted" in studio.file.read_text()
    # What happens to the file is heard of again.
    studio.file.write_text(studio.file.read_text().replace("restarted", "off"))
    expect(page.locator('.react-flow__node[data-id="own"]')).to_contain_text("while it was off")
    # The browser tells of each request that failed.
    complaints[:] = [one for one in complaints if "net::ERR_" not in one]


def test_a_laptop_that_slept_shows_what_changed_meanwhile_and_loses_no_edit(
    page: Page, studio: Studio, complaints: list[str]
) -> None:
    studio.file.write_text(EXPERIMENT)
    # The first stream of events breaks as it does in sleep: nothing comes, not even an error.
    streams: list[Route] = []

    def break_the_first(stream: Route) -> None:
        streams.append(stream)
        if len(streams) > 1:
            stream.continue_()

    page.route("**/api/experiments/*/events", break_the_first)
    page.clock.install()
    opened(page, studio)
    page.context.set_offline(True)
    comment(page, "typed before it slept")
    expect(page.locator(".banner.off")).to_be_visible()
    theirs = EXPERIMENT.replace("{dataset: data.csv}", "{dataset: data.csv, comment: meanwhile}")
    studio.file.write_text(theirs)
    page.clock.fast_forward("08:00:00")
    page.context.set_offline(False)
    page.get_by_role("button", name="Make my changes on top of it").click()
    expect(page.locator(".saved")).to_have_text("Saved")
    assert "meanwhile" in studio.file.read_text()
    assert "typed before it slept" in studio.file.read_text()
    expect(page.locator('.react-flow__node[data-id="데이터"]')).to_contain_text("meanwhile")
    # What happens from now on is heard of, too.
    studio.file.write_text(studio.file.read_text().replace("meanwhile", "later"))
    expect(page.locator('.react-flow__node[data-id="데이터"]')).to_contain_text("later")
    complaints[:] = [one for one in complaints if "net::ERR_" not in one]


def test_going_back_loses_no_change_that_waits(
    page: Page, studio: Studio, complaints: list[str]
) -> None:
    page.goto(studio.link)
    opened(page, studio)
    page.get_by_role("link", name="Experiments").first.click()
    expect(page.locator(".xcard").first).to_be_visible()
    page.go_back()
    expect(page.locator(".react-flow__node")).to_have_count(2)
    page.context.set_offline(True)
    comment(page, "before going back")
    expect(page.locator(".banner.off")).to_be_visible()
    page.go_forward()
    expect(page.locator(".react-flow__node")).to_have_count(0)
    # A page that was never shown can't be loaded now; the ways to others stay, and it comes later.
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer.")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.locator('.react-flow__node[data-id="own"]')).to_contain_text("before going back")
    assert "before going back" in studio.file.read_text()
    complaints[:] = [one for one in complaints if "net::ERR_" not in one]


def test_names_of_columns_are_text_however_many_and_long_they_are(
    page: Page, studio: Studio
) -> None:
    page.goto(studio.link)
    page.goto(f"{studio.url}/datasets/data.csv")
    expect(page.get_by_role("columnheader", name=HOSTILE)).to_be_visible()
    expect(page.locator("img")).to_have_count(0)
    page.get_by_label("Find a column").fill("c4999")
    page.get_by_label("Find a column").press("Enter")
    expect(page.locator(".statistics h2")).to_have_text("c4999")
    assert page.locator("*").count() < 3_000


def test_a_page_holds_little_of_what_a_script_floods_it_with(page: Page, studio: Studio) -> None:
    page.goto(studio.link)
    page.goto(f"{studio.url}/experiments/heavy")
    expect(page.locator(".react-flow__node")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Open the log").click()
    expect(page.locator(".strip")).to_contain_text("Failed")
    expect(page.get_by_role("log")).to_contain_text("the very end")
    assert _characters(page) < 100_000
    page.get_by_role("button", name="See why").click()

    expect(page.get_by_role("article")).to_have_count(50)
    expect(page.get_by_role("button", name="Debug here")).to_be_in_viewport()
    expect(page.get_by_role("article").first).to_contain_text("azureml_main")
    expect(page.get_by_text("9,950 lines in between left out")).to_be_visible()
    expect(page.get_by_text("'huge.png' is left out: 60000 by 60000 are more")).to_be_visible()
    # Of the console, too, the page says what is left out; what is kept is downloaded whole.
    console = page.get_by_label("Console")
    expect(console).to_contain_text("the very end")
    assert console.evaluate("element => element.scrollTop") > 0
    cut = "The console is too long: its first and last 2,097,152 bytes are kept, and 15,806,"
    expect(page.get_by_text(cut)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert download.value.suggested_filename == "own-console.txt"
    text = download.value.path().read_text()
    assert text.startswith(HOSTILE)
    assert "left out here: 15,806," in text
    assert text.endswith("the very end\n")
    page.get_by_role("button", name="Beginning").click()
    expect(console).to_contain_text(HOSTILE)
    assert _characters(page) < 200_000
    expect(page.locator("main img")).to_have_count(0)


def _characters(page: Page) -> int:
    """How much text the page holds."""
    return int(page.evaluate("document.body.textContent.length"))
