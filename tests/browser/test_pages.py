"""The pages beside the canvas in a real browser: data, curves, failures, the history, an upload."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from tests.browser.conftest import NewPage, check_accessibility, check_both_themes
from tests.integration.debugging.dap_client import DapClient
from tests.server_process import server_process

from studiolo.experiments.file import read_experiment
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.workspace import open_workspace

BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

MARKUP = "<b>not markup</b>"
ROWS = 400_000
SCRIPT = f"""
import matplotlib.pyplot as plt
import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    print("{MARKUP}")
    plt.plot(range(3))
    if dataframe1 is not None:
        return only_high(dataframe1.head(20), "secret")
    frame = pd.DataFrame({{"number": range({ROWS}), "{MARKUP}": None}})
    frame.loc[0, "{MARKUP}"] = "first"
    return frame


def only_high(features, password):
    name = "{MARKUP}"
    return features["Glucose"]
"""
REACHES = """
import socket


def azureml_main(dataframe1=None, dataframe2=None):
    for target in (("127.0.0.1", 9), ("db.example.com", 5432)):
        try:
            socket.create_connection(target)
        except OSError:
            pass
"""
EXPERIMENT = """
studiolo: 1
name: Makes and breaks
nodes:
  make: {module: execute-python-script, script: script.py}
  break: {module: execute-python-script, script: script.py, inputs: {dataset1: make}}
  reaches: {module: execute-python-script, script: reaches.py, allow: ["127.0.0.1:9"]}
  scores: {dataset: scores.csv}
  forest:
    module: edit-metadata
    inputs: {dataset: scores}
    parameters: {column: [y], fields: Labels}
  guess: {dataset: guess.csv}
  guessed:
    module: edit-metadata
    inputs: {dataset: guess}
    parameters: {column: [y], fields: Labels}
  regression:
    module: evaluate-model
    inputs: {scored_dataset: measured}
  lengths: {dataset: lengths.csv}
  measured:
    module: edit-metadata
    inputs: {dataset: lengths}
    parameters: {column: [y], fields: Labels}
  filled: {module: clean-missing-data, inputs: {dataset: scores}}
  compare:
    module: evaluate-model
    inputs: {scored_dataset: forest, scored_dataset_to_compare: guessed}
"""
SCORED = "y,Scored Labels,Scored Probabilities\n"
SCORES = f"{SCORED}1,1,0.9\n1,1,0.8\n1,0,0.4\n0,0,0.3\n0,0,0.1\n"
GUESS = f"{SCORED}1,1,0.9\n0,1,0.8\n1,0,0.4\n1,0,0.3\n0,0,0.1\n"
#: More different labels than a table of classes has.
LENGTHS = "y,Scored Labels\n" + "".join(f"{n}.5,{n + 1}\n" for n in range(200))


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A server of a workspace in which one experiment has run."""

    url: str
    #: The link that signs a browser in.
    link: str
    run: str
    script: Path

    def open(self, page: Page, path: str) -> None:
        page.goto(self.link)
        page.goto(f"{self.url}{path}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = new_workspace(tmp_path_factory.mktemp("pages") / "workspace", samples=False)
    folder = root / "experiments" / "breaks"
    folder.mkdir(parents=True)
    (folder / "experiment.yaml").write_text(EXPERIMENT)
    (folder / "script.py").write_text(SCRIPT)
    (folder / "reaches.py").write_text(REACHES)
    (root / "datasets" / "scores.csv").write_text(SCORES)
    (root / "datasets" / "guess.csv").write_text(GUESS)
    (root / "datasets" / "lengths.csv").write_text(LENGTHS)
    with open_workspace(root) as workspace:
        result = workspace.run(read_experiment(folder))
        workspace.save_transform(result["filled"], name="medians")
    with server_process(root) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Studio(
            url=server.url, link=line.split()[-1], run=result.id, script=folder / "script.py"
        )


def test_every_row_of_a_large_dataset_can_be_gone_to(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/make/outputs/results_dataset")
    cell = page.get_by_role("gridcell", selected=True)
    expect(cell).to_have_text("0")
    page.get_by_label("Go to row").fill(f"{ROWS}")
    page.get_by_label("Go to row").press("Enter")
    expect(cell).to_have_text(f"{ROWS - 1}")
    page.get_by_role("grid").press("ArrowRight")
    expect(cell).to_have_text("missing")
    expect(page.locator(".statistics h2")).to_have_text(MARKUP)
    page.get_by_role("grid").press("Control+Home")
    page.get_by_role("button", name="Sort ascending: number").click()
    page.get_by_role("button", name="Sort descending: number").click()
    expect(cell).to_have_text(f"{ROWS - 1}")


def test_two_models_are_compared_at_a_threshold(new_page: NewPage, studio: Studio) -> None:
    page = new_page(scheme="dark")
    studio.open(page, f"/runs/{studio.run}/nodes/compare/outputs/evaluation_results")
    expect(page.get_by_role("img", name="ROC. AUC 1.000 / 0.667")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    figures = page.get_by_role("complementary", name="Metrics")
    expect(figures.get_by_role("row", name="Recall")).to_have_text("Recall0.6670.333")
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowLeft")
    expect(figures.get_by_role("heading", name="Metrics at 0.35")).to_be_visible()
    expect(figures.get_by_role("row", name="Recall")).to_have_text("Recall1.0000.667")
    typed = page.get_by_role("textbox", name="Threshold, from 0 to 1")
    typed.fill("0.85")
    typed.press("Enter")
    expect(page.get_by_role("cell", name="2 false negative")).to_have_count(2)
    page.get_by_role("button", name="Best F1").click()
    expect(figures.get_by_role("row", name="F1 Score")).to_have_text("F1 Score1.0000.667")
    check_accessibility(page)
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_role("gridcell").first).to_be_visible()


def test_a_regression_has_figures_and_no_curves(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/regression/outputs/evaluation_results")
    figures = page.get_by_role("complementary", name="Metrics")
    expect(figures.get_by_role("row", name="Mean Absolute Error")).to_contain_text("0.500")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_failure_names_the_line_and_leads_to_it(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/break")
    expect(page.get_by_role("alert")).to_contain_text("KeyError: 'Glucose'")
    expect(page.get_by_label("Console")).to_have_text(f"{MARKUP}\n")
    line = _line_of("return only_high")
    page.get_by_role("link", name=f"script.py:{line}").click()
    page.wait_for_url(f"**/experiments/breaks/nodes/break?line={line}")


def test_a_picture_is_zoomed_by_keys_the_wheel_and_buttons(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/make")
    zoom = page.get_by_label("Zoom", exact=True)
    frame = page.get_by_role("group", name="Picture 1")
    picture = frame.get_by_role("img")
    expect(zoom).to_have_text("100 %")
    frame.focus()
    for _ in range(4):
        page.keyboard.press("+")
    expect(zoom).to_have_text("244 %")
    # What is under the pointer stays there.
    frame.scroll_into_view_if_needed()
    was = _box(picture)
    box = _box(frame)
    x, y = box["x"] + 200, box["y"] + 100
    page.mouse.move(x, y)
    inside = (x - was["x"]) / was["width"]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(zoom).to_have_text("305 %")
    now = _box(picture)
    assert (x - now["x"]) / now["width"] == pytest.approx(inside, abs=0.01)
    page.mouse.down()
    page.mouse.move(x + 50, y + 30, steps=3)
    page.mouse.up()
    assert _box(picture)["x"] == pytest.approx(now["x"] + 50, abs=2)
    page.get_by_role("button", name="Fit the page").click()
    expect(zoom).to_have_text("100 %")


def _line_of(text: str) -> int:
    lines = SCRIPT.splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def _box(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box is not None
    return box


def test_what_a_node_tried_to_reach_is_shown(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/reaches")
    tried = page.get_by_role("region", name="Network").get_by_role("row")
    expect(tried).to_have_count(3)
    expect(tried.nth(1)).to_contain_text("127.0.0.1:9")
    expect(tried.nth(1)).not_to_contain_text("Not allowed")
    expect(tried.nth(2)).to_contain_text("db.example.com:5432")
    expect(tried.nth(2)).to_contain_text("Not allowed")
    check_accessibility(page)


def test_the_variables_of_each_frame_are_shown_as_text(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/break")
    frames = page.get_by_role("article")
    expect(frames).to_have_count(2)
    caller, last = frames.first, frames.last
    # Open where it failed, closed elsewhere.
    expect(last.get_by_role("term").filter(has_text="features")).to_be_visible()
    table = last.get_by_role("region", name="features").get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["number", MARKUP])
    expect(table.get_by_role("row").nth(1)).to_have_text("00first")
    expect(last.get_by_text(f"'{MARKUP}'")).to_be_visible()
    expect(last.get_by_text("Left out: its name says that it is secret.")).to_be_visible()
    expect(caller.get_by_role("term").first).to_be_hidden()
    caller.get_by_text("Variables").click()
    expect(caller.get_by_role("term").filter(has_text="dataframe2")).to_be_visible()


def test_a_console_has_the_inputs_of_the_node(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/break")
    page.get_by_role("button", name="Open a console here").click()
    typed = page.get_by_label("Python statement")
    log = page.get_by_label("What the console printed")
    expect(page.get_by_text("At hand:")).to_contain_text("dataframe1")
    # Whoever opens it can type at once.
    expect(typed).to_be_focused()
    expect(typed).to_be_in_viewport()
    page.keyboard.type("len(dataframe1)")
    page.keyboard.press("Enter")
    expect(log).to_have_text(f">>> len(dataframe1)\n{ROWS}\n")
    paste(page, "total = 0\nfor n in range(4):\n    total += n\n\ntotal\n")
    expect(log).to_contain_text("... total\n6\n")
    for line in ("for n in range(2):", "    print(n, '<i>')", ""):
        # It takes no line before the one before it has been read.
        expect(typed).to_have_attribute("placeholder", "Python statement")
        typed.fill(line)
        typed.press("Enter")
    expect(log).to_contain_text("0 <i>\n1 <i>\n")
    typed.press("ArrowUp")
    typed.press("ArrowUp")
    expect(typed).to_have_value("for n in range(2):")
    typed.fill("import time; time.sleep(600)")
    typed.press("Enter")
    page.get_by_role("button", name="Interrupt").click()
    expect(log).to_contain_text("KeyboardInterrupt")
    check_accessibility(page)
    typed.fill("exit()")
    typed.press("Enter")
    expect(page.get_by_text("The console has ended.")).to_be_visible()


def test_a_console_whose_connection_is_lost_says_so(page: Page, studio: Studio) -> None:
    # As when the server stops.
    page.route_web_socket("**/nodes/break/*", lambda socket: socket.close())
    studio.open(page, f"/runs/{studio.run}/nodes/break")
    page.get_by_role("button", name="Open a console here").click()
    expect(page.get_by_text("the console ended with it")).to_be_visible()
    page.get_by_role("button", name="Debug here").click()
    expect(page.get_by_text("the script was stopped")).to_be_visible()


def paste(page: Page, text: str) -> None:
    """Paste a text into what has the focus."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text", text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_an_editor_attaches_to_the_address_on_the_page(page: Page, studio: Studio) -> None:
    studio.open(page, f"/runs/{studio.run}/nodes/break")
    page.get_by_role("button", name="Debug here").click()
    launch = json.loads(page.get_by_role("group", name="launch.json").locator("pre").inner_text())
    check_accessibility(page)
    port = launch["configurations"][0]["connect"]["port"]
    with DapClient(port) as editor:
        editor.begin(str(studio.script), _line_of("return features"))
        at = editor.stopped_at()
        assert at["name"] == "only_high"
        editor.ask("continue", threadId=at["thread"])
        editor.event("terminated")
    expect(page.get_by_text("The script has ended: KeyError: 'Glucose'")).to_be_visible()


def test_a_file_is_uploaded_with_other_types(page: Page, studio: Studio) -> None:
    studio.open(page, "/datasets")
    page.get_by_label("Upload a dataset").set_input_files(
        {"name": "visits.csv", "mimeType": "text/csv", "buffer": b"patient,age\n007,38\n"}
    )
    expect(page.get_by_role("cell", name="007")).to_be_visible()
    expect(page.get_by_label("Type of patient").locator("option:checked")).to_have_text("Text")
    expect(page.get_by_label("Type of age").locator("option:checked")).to_have_text("Integer")
    page.get_by_label("Type of age").select_option("text")
    page.get_by_role("button", name="Store dataset").click()
    page.get_by_role("link", name="visits.parquet").click()
    expect(page.get_by_role("gridcell").nth(1)).to_have_text("38")


def test_a_past_run_shows_its_scripts_as_they_were(page: Page, studio: Studio) -> None:
    before = studio.script.read_text()
    studio.script.write_text("# written since\n")
    try:
        studio.open(page, f"/runs/{studio.run}")
        page.locator('.react-flow__node[data-id="make"]').click()
        script = page.get_by_role("region", name="script.py as it was")
        expect(script).to_contain_text("def only_high(features, password):")
        expect(script).not_to_contain_text("written since")
        check_accessibility(page)
    finally:
        studio.script.write_text(before)


def _go(page: Page, path: str) -> None:
    """Go to another page of the studio as its links do, without loading everything again."""
    page.evaluate(
        "path => { history.pushState(null, '', path);"
        " dispatchEvent(new PopStateEvent('popstate')) }",
        path,
    )


def test_every_page_is_accessible_in_both_themes_and_languages(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.url}/signin")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    check_both_themes(page)
    page.goto(studio.link)
    run = f"/runs/{studio.run}"
    made = f"{run}/nodes/make/outputs/results_dataset"
    pages = {
        "/": ".xcard",
        "/experiments/breaks?node=break": ".nodeid",
        "/experiments/breaks/nodes/break": ".cm-content",
        "/runs": "tbody tr",
        run: ".node.done",
        f"{run}/nodes/break": ".frame.last",
        f"{run}/nodes/make": ".picture img",
        f"{run}/nodes/reaches": ".connections td",
        made: ".statistics dl",
        f"{run}/nodes/compare/outputs/evaluation_results": ".curve",
        "/datasets": "tbody a",
        "/datasets/scores.csv": ".statistics dl",
        "/models": "tbody a",
        "/services": "main p",
        "/nowhere": "main",
        "/settings": ".settings dl",
    }
    for language in ("en", "ko"):
        for path, part in pages.items():
            _go(page, path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect(page.locator(part).first).to_be_visible()
            check_both_themes(page)
        page.get_by_role("button", name="한국어").click()
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("button", name="로그인")).to_be_visible()
    check_both_themes(page)
