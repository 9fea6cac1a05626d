"""The editor of a script in a real browser, with the real language server."""

import re
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks.browser import HELPERS, LISTEN_FOR_COMPLETIONS
from playwright.sync_api import Page, Route, WebSocketRoute, expect
from tests.browser.conftest import NewPage, check_accessibility, check_leaving_asks
from tests.server_process import server_process

import studiolo
from studiolo.environments.environment import Environment

BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

SCRIPT = """def azureml_main(dataframe1 = None, dataframe2 = None):
    people = dataframe1
    return people,
"""
EXPERIMENT = """studiolo: 1
name: People
nodes:
  people: {dataset: people.csv}
  pets: {dataset: pets.csv}
  chosen:
    module: select-columns-in-dataset
    inputs: {dataset: people}
    parameters: {select_columns: [age, agee]}
  mine: {module: execute-python-script, script: mine.py, inputs: {dataset1: people}}
"""


class Script:
    """A server with one experiment, whose script is open in a page."""

    def __init__(self, url: str, link: str, file: Path) -> None:
        self.url, self.link, self.file = url, link, file

    @property
    def experiment(self) -> Path:
        return self.file.with_name("experiment.yaml")

    def open(self, page: Page) -> None:
        self.file.write_text(SCRIPT)
        self.experiment.write_text(EXPERIMENT)
        page.goto(self.link)
        page.goto(f"{self.url}/experiments/people/nodes/mine")
        # The script is looked through: the language server answers.
        page.locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("absent_name")
        expect(page.locator(".cm-lintRange-error").first).to_have_text("absent_name")


@pytest.fixture(scope="module")
def script(
    tmp_path_factory: pytest.TempPathFactory, default_environment: Environment
) -> Iterator[Script]:
    root = studiolo.new_workspace(tmp_path_factory.mktemp("editor") / "workspace", samples=False)
    (root / "datasets" / "people.csv").write_text("name,age,home town\nAda,36,London\n")
    (root / "datasets" / "pets.csv").write_text("kind,weight\ncat,4\n")
    folder = root / "experiments" / "people"
    folder.mkdir(parents=True)
    with server_process(root) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Script(server.url, line.split()[-1], folder / "mine.py")


@pytest.fixture
def editor(page: Page, script: Script) -> Page:
    script.open(page)
    return page


def put(page: Page, text: str) -> None:
    """Replace what is in the editor by the script and one more line."""
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    for line in SCRIPT.splitlines()[:2]:
        page.keyboard.type(line.strip())
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
    page.keyboard.type(text)


def test_members_of_a_data_frame_are_completed(editor: Page) -> None:
    put(editor, "dataframe1.")
    options = editor.get_by_role("option")
    expect(options.first).to_be_visible()
    check_accessibility(editor)
    editor.keyboard.type("merg")
    expect(options.first).to_contain_text("merge")
    options.first.click()
    expect(editor.locator(".cm-activeLine")).to_have_text("    dataframe1.merge")
    # What a call takes.
    editor.keyboard.type("(")
    signature = editor.locator(".cm-lsp-signature")
    expect(signature).to_contain_text("how")
    expect(signature.locator(".cm-lsp-active-parameter")).to_contain_text("right")
    check_accessibility(editor)


def test_columns_of_the_wired_dataset_are_completed(editor: Page) -> None:
    put(editor, 'people["')
    options = editor.get_by_role("option")
    expect(options).to_have_count(3)
    expect(options.filter(has_text="home town")).to_contain_text("string")
    check_accessibility(editor)
    editor.keyboard.type("ho")
    expect(options).to_have_count(1)
    # A list that appeared a moment ago takes no key yet.
    options.click()
    expect(editor.locator(".cm-activeLine")).to_have_text('    people["home town"]')


def test_a_column_selector_offers_the_columns_that_are_there(page: Page, script: Script) -> None:
    page.goto(script.link)
    page.goto(f"{script.url}/experiments/people?node=chosen")
    pane = page.get_by_role("complementary")
    expect(pane.get_by_text("Not in the data: agee")).to_be_visible()
    adding = pane.get_by_label("Add a column")
    offered = pane.locator("datalist option")
    expect(offered).to_have_count(2)
    adding.fill("home town")
    adding.press("Enter")
    expect(pane.get_by_label("One name a line.")).to_have_value("age\nagee\nhome town")
    expect(offered).to_have_count(1)
    check_accessibility(page)


def test_hovering_tells_the_type_and_the_documentation(editor: Page) -> None:
    put(editor, "people.merge")
    editor.keyboard.press("Escape")
    line = editor.locator(".cm-activeLine").bounding_box()
    word = editor.locator(".cm-activeLine").evaluate(
        """(line) => {
            const range = document.createRange();
            range.selectNodeContents(line);
            return range.getBoundingClientRect().right;
        }"""
    )
    assert line is not None
    editor.mouse.move(word - 20, line["y"] + line["height"] / 2)
    shown = editor.locator(".cm-documentation")
    expect(shown).to_contain_text("Merge DataFrame")
    expect(shown.locator("pre span").first).to_be_visible()
    check_accessibility(editor)


def test_mistakes_are_marked_as_they_are_typed(editor: Page) -> None:
    put(editor, "x = 1 + 'a'")
    marked = editor.locator(".cm-lintRange-error")
    expect(marked).to_have_text("1 + 'a'")
    editor.keyboard.press("Backspace")
    for key in ("Backspace", "Backspace", "2"):
        editor.keyboard.press(key)
    expect(marked).to_have_count(0)


def test_an_open_editor_follows_what_other_editors_write(editor: Page, script: Script) -> None:
    put(editor, "dataframe2.columns")
    editor.keyboard.press("Escape")
    mistakes = editor.locator(".cm-lintRange")
    expect(mistakes).to_have_text("dataframe2.columns")
    expect(editor.locator(".scriptpane .saved")).to_have_text("Saved")
    with editor.expect_response("**/input-columns"):
        wires = "{dataset1: pets, dataset2: people}"
        script.experiment.write_text(EXPERIMENT.replace("{dataset1: people}", wires))
    # The second data frame is there now.
    expect(mistakes).to_have_count(0)
    script.file.write_text(script.file.read_text().replace("people = ", "pets = "))
    expect(editor.locator(".cm-content")).to_contain_text("pets = dataframe1")
    expect(editor.locator(".cm-activeLine")).to_have_text("    dataframe2.columns")
    editor.keyboard.type('; pets["')
    options = editor.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.filter(has_text="weight")).to_contain_text("int64")


def test_a_script_is_run_from_its_editor(editor: Page, script: Script) -> None:
    content = editor.locator(".cm-content")
    status = editor.locator(".scriptpane header").get_by_role("link")
    for raised, outcome in (("raise KeyError('agee')", "Failed"), ("return dataframe1,", "Done")):
        content.click()
        editor.keyboard.press("Control+a")
        editor.keyboard.press("Delete")
        # A line that has just been typed is saved first.
        editor.keyboard.insert_text(f"def azureml_main(dataframe1=None):\n    {raised}")
        editor.keyboard.press("Control+Enter")
        expect(status).to_have_text(outcome, timeout=60_000)
        assert raised in script.file.read_text()
        if outcome == "Failed":
            # The line of the failure is marked, and the bar says why.
            expect(editor.get_by_text("Last run: ")).to_contain_text("(line 2)")
            expect(editor.locator(".cm-lintRange-error").last).to_contain_text(raised)
    expect(editor.get_by_text("Last run: ")).to_have_count(0)
    expect(status).to_have_attribute("href", re.compile("/runs/.+/nodes/mine"))


def test_leaving_asks_while_something_typed_is_not_saved(editor: Page) -> None:
    editor.context.set_offline(True)
    put(editor, "typed = 1")
    expect(editor.locator(".scriptpane .saved")).not_to_have_text("Saved")
    check_leaving_asks(editor)
    editor.context.set_offline(False)
    expect(editor.locator(".scriptpane .saved")).to_have_text("Saved")


def test_a_list_is_painted_soon_after_its_key(
    editor: Page, record_testsuite_property: Callable[[str, object], None]
) -> None:
    taken = []
    editor.evaluate(f"() => {{ {HELPERS} }}")
    put(editor, "people")
    for _ in range(12):
        editor.evaluate(LISTEN_FOR_COMPLETIONS)
        editor.keyboard.press(".")
        taken.append(editor.evaluate("window.studioMeasured"))
        editor.keyboard.press("Escape")
        editor.keyboard.press("Backspace")
    # Measured, and not demanded: the machine may be busy.
    record_testsuite_property("key_to_completion_ms_p50", round(statistics.median(taken)))
    print(f"From a key to the list of completions: {statistics.median(taken):.0f} ms (median).")


def test_help_knows_packages_that_are_added_while_a_script_is_open(
    page: Page, script: Script
) -> None:
    sockets: list[WebSocketRoute] = []
    built: list[str] = []

    def connected(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    def answered(route: Route) -> None:
        answer = route.fetch().json()
        assert answer["packages"]
        route.fulfill(json=answer | {"packages": "".join([answer["packages"], *built])})

    page.route_web_socket("**/language-server", connected)
    page.route("**/input-columns", answered)
    script.open(page)
    assert len(sockets) == 1
    # As if what the lock names were built at once.
    built.append("more")
    lock = script.file.with_name(f"{script.file.name}.lock")
    with page.expect_websocket():
        lock.write_text("")
    assert len(sockets) == 2
    lock.unlink()


def test_help_comes_back_after_a_lost_connection(new_page: NewPage, script: Script) -> None:
    page = new_page(scheme="dark")
    sockets = []

    def lose_the_first(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if len(sockets) > 1:
            socket.connect_to_server()
        else:
            socket.close(code=1011)

    page.route_web_socket("**/language-server", lose_the_first)
    script.open(page)
    assert len(sockets) > 1
