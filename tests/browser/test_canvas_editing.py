"""Gestures on the canvas that change an experiment, each by mouse and by keys, and taken back."""

import json
import re

import pytest
from playwright.sync_api import FloatRect, Page, expect
from tests.browser.conftest import BUILT, NewPage, check_accessibility
from tests.browser.studio import Studio, node

pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

#: A split whose parts meet again, and a script with the table that both of them begin at.
_EXPERIMENT = """studiolo: 1
name: Gestures
nodes:
  pima: {dataset: pima-indians-diabetes.csv}
  split: {module: split-data, inputs: {dataset: pima}, parameters: {fraction: 0.25}}
  left:
    module: select-columns-in-dataset
    inputs: {dataset: split.results_dataset1}
    parameters: {select_columns: [1. Number of times pregnant]}
  right:
    module: select-columns-in-dataset
    inputs: {dataset: split.results_dataset2}
    parameters: {select_columns: ["8. Age (years)"]}
  rows: {module: add-rows, inputs: {dataset1: left, dataset2: right}}
  script: {module: execute-python-script, script: mine.py, inputs: {dataset1: rows, dataset2: pima}}
"""
_SCRIPT = "def azureml_main(dataframe1 = None, dataframe2 = None):\n    return dataframe1,\n"

#: The nodes that overlap, and the wires that run behind a node which is not one of their ends.
_MESS = """() => {
  const nodes = [...document.querySelectorAll(".react-flow__node")].map((element) => {
    const box = element.querySelector(".node").getBoundingClientRect();
    return { name: element.dataset.id, box };
  });
  const found = [];
  for (const one of nodes) for (const other of nodes) {
    if (one.name < other.name && one.box.left < other.box.right && other.box.left < one.box.right &&
        one.box.top < other.box.bottom && other.box.top < one.box.bottom) {
      found.push(`${one.name} overlaps ${other.name}`);
    }
  }
  for (const wire of document.querySelectorAll(".react-flow__edge")) {
    const path = wire.querySelector("path.line");
    const ends = wire.getAttribute("aria-label");
    const matrix = path.getScreenCTM();
    const length = path.getTotalLength();
    const behind = new Set();
    // Its first and last pixels are at its ends.
    for (let at = 12; at < length - 12; at += 2) {
      const point = path.getPointAtLength(at).matrixTransform(matrix);
      for (const { name, box } of nodes) {
        const beside = point.x < box.left || point.x > box.right;
        if (!beside && point.y > box.top && point.y < box.bottom) behind.add(name);
      }
    }
    for (const name of behind) found.push(`${ends} runs behind ${name}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def experiment(studio: Studio) -> str:
    return write(studio, "gestures")


def write(studio: Studio, name: str) -> str:
    folder = studio.file(name).parent
    folder.mkdir()
    (folder / "experiment.yaml").write_text(_EXPERIMENT)
    (folder / "mine.py").write_text(_SCRIPT)
    return name


def mess(page: Page, *, there: bool) -> list[str]:
    """What is wrong with the layout, as soon as there is something, or nothing any more."""
    found: list[str] = page.evaluate(_MESS)
    for _ in range(100):
        if bool(found) == there:
            break
        page.wait_for_timeout(50)
        found = page.evaluate(_MESS)
    return found


def box(page: Page, name: str) -> FloatRect:
    """Where a node is on the screen, in tenths of a pixel."""
    found = node(page, name).bounding_box()
    assert found is not None
    x, y, width, height = (round(found[side], 1) for side in ("x", "y", "width", "height"))
    return {"x": x, "y": y, "width": width, "height": height}


def expect_places(page: Page, boxes: dict[str, FloatRect]) -> None:
    for _ in range(100):
        now = {one: box(page, one) for one in boxes}
        if now == boxes:
            return
        page.wait_for_timeout(50)
    assert now == boxes


def saved(page: Page) -> None:
    expect(page.locator(".saved")).to_have_text("Saved")


def test_every_sample_opens_with_one_click_and_hides_no_wire(
    new_page: NewPage, studio: Studio
) -> None:
    page = welcomed(new_page(), studio)
    cards = page.get_by_role("button", name="Open the sample")
    expect(cards).to_have_count(8)
    for at in range(8):
        cards.nth(at).click()
        expect(page.locator(".saved")).to_have_text("Saved")
        name = page.url.rpartition("/")[2]
        expect(page.locator(".react-flow__node")).to_have_count(len(studio.nodes(name)))
        assert (name, mess(page, there=False)) == (name, [])
        page.go_back()

    page = welcomed(new_page(scheme="dark", locale="ko-KR"), studio)
    expect(page.locator(".samples li")).to_have_count(7)
    check_accessibility(page)
    for text in page.locator(".samples b").all_inner_texts():
        assert re.search("[가-힣]", text)


def welcomed(page: Page, studio: Studio) -> Page:
    """A page that finds the workspace empty."""
    page.goto(studio.link)
    page.route(
        "**/api/experiments",
        lambda route: (
            route.fulfill(json={"experiments": []})
            if route.request.method == "GET"
            else route.fallback()
        ),
    )
    page.reload()
    expect(page.locator(".samples")).to_be_visible()
    return page


def test_tidy_leaves_nothing_behind_anything(page: Page, studio: Studio) -> None:
    name = write(studio, "untidy")
    heap = {one: {"x": 16 * at, "y": 16 * at} for at, one in enumerate(studio.nodes(name))}
    layout = studio.file(name).with_name("layout.json")
    layout.write_text(json.dumps({"studiolo": 1, "nodes": heap}))
    studio.open(page, name)
    assert "left overlaps pima" in mess(page, there=True)
    page.keyboard.press("Shift+T")
    assert mess(page, there=False) == []
    saved(page)
    tidied = json.loads(layout.read_text())["nodes"]
    assert tidied != heap
    page.keyboard.press("Control+z")
    assert "left overlaps pima" in mess(page, there=True)
    saved(page)
    assert json.loads(layout.read_text())["nodes"] == heap
    page.get_by_role("button", name="Redo tidying").click()
    assert mess(page, there=False) == []
    saved(page)
    assert json.loads(layout.read_text())["nodes"] == tidied


def test_nodes_are_copied_into_a_different_experiment(
    page: Page, studio: Studio, experiment: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    studio.open(page, experiment)
    before = studio.nodes(experiment)
    node(page, "left").locator(".head").click()
    for name in ("rows", "script"):
        node(page, name).locator(".head").click(modifiers=["Shift"])
    expect(page.locator(".react-flow__node.selected")).to_have_count(3)
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(page.locator(".react-flow__node")).to_have_count(9)
    saved(page)
    nodes = studio.nodes(experiment)
    assert nodes["left2"] == {
        "module": "select-columns-in-dataset",
        "parameters": before["left"]["parameters"],
    }
    assert nodes["rows2"]["inputs"] == {"dataset1": "left2.results_dataset"}
    assert nodes["script2"]["inputs"] == {"dataset1": "rows2.results_dataset"}
    folder = studio.file(experiment).parent
    copied = nodes["script2"]["script"]
    assert copied != "mine.py"
    assert (folder / copied).read_text() == _SCRIPT
    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__node")).to_have_count(6)
    saved(page)
    assert studio.nodes(experiment) == before
    page.keyboard.press("Control+y")
    expect(page.locator(".react-flow__node")).to_have_count(9)
    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__node")).to_have_count(6)
    saved(page)

    # The other experiment has a node of one of these names.
    other = studio.file("elsewhere")
    other.parent.mkdir()
    other.write_text(
        "studiolo: 1\nname: Elsewhere\nnodes: {rows: {dataset: pima-indians-diabetes.csv}}\n"
    )
    page.goto(f"{studio.url}/experiments/elsewhere")
    expect(node(page, "rows")).to_be_visible()
    page.keyboard.press("Control+v")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    saved(page)
    nodes = studio.nodes("elsewhere")
    assert nodes["left"] == {
        "module": "select-columns-in-dataset",
        "parameters": before["left"]["parameters"],
    }
    assert nodes["rows2"]["inputs"] == {"dataset1": "left.results_dataset"}
    assert nodes["script"]["inputs"] == {"dataset1": "rows2.results_dataset"}
    assert (other.parent / nodes["script"]["script"]).read_text() == _SCRIPT
    page.keyboard.press("Control+d")
    expect(page.locator(".react-flow__node")).to_have_count(7)
    page.keyboard.press("Control+x")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    saved(page)
    assert studio.nodes("elsewhere") == nodes


def test_a_group_is_selected_and_moved(page: Page, studio: Studio, experiment: str) -> None:
    studio.open(page, experiment)
    selected = page.locator(".react-flow__node.selected")
    # A frame around the two nodes in the middle, drawn on the empty canvas with Shift held.
    boxes = {one: box(page, one) for one in studio.nodes(experiment)}
    left, right = boxes["left"], boxes["right"]
    page.keyboard.down("Shift")
    page.mouse.move(min(left["x"], right["x"]) - 8, left["y"] - 8)
    page.mouse.down()
    page.mouse.move(max(left["x"], right["x"]) + left["width"] - 20, left["y"] + 20, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(selected).to_have_count(2)
    # Shift and a click take one more, and take it away.
    node(page, "rows").locator(".head").click(modifiers=["Shift"])
    expect(selected).to_have_count(3)
    node(page, "rows").locator(".head").click(modifiers=["Shift"])
    expect(selected).to_have_count(2)

    page.mouse.move(left["x"] + 60, left["y"] + 12)
    page.mouse.down()
    page.mouse.move(left["x"] + 60, left["y"] + 60, steps=4)
    page.mouse.up()
    saved(page)
    moved = {one: box(page, one) for one in boxes}
    assert {one for one in boxes if moved[one] != boxes[one]} == {"left", "right"}
    assert moved["left"]["y"] - left["y"] > 30
    assert moved["right"]["y"] - right["y"] > 30
    page.keyboard.press("Control+z")
    expect_places(page, boxes)
    # By keys.
    page.keyboard.press("Escape")
    expect(selected).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(selected).to_have_count(6)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    saved(page)
    moved = {one: box(page, one) for one in boxes}
    ways = {
        (round(moved[one]["x"] - boxes[one]["x"]), round(moved[one]["y"] - boxes[one]["y"]))
        for one in boxes
    }
    assert len(ways) == 1
    [(right_by, down_by)] = ways
    assert right_by > 0 > down_by
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect_places(page, boxes)


def test_a_comment_is_written_found_and_taken_back(
    page: Page, studio: Studio, experiment: str
) -> None:
    studio.open(page, experiment)
    node(page, "right").locator(".head").click()
    comment = page.get_by_role("textbox", name="Comment")
    expect(comment).to_be_visible()
    page.keyboard.press("m")
    expect(comment).to_be_focused()
    page.keyboard.type("Women <b>over</b> 50")
    page.keyboard.press("Enter")
    expect(node(page, "right")).to_contain_text("Women <b>over</b> 50")
    saved(page)
    assert studio.nodes(experiment)["right"]["comment"] == "Women <b>over</b> 50"
    # The canvas goes to what is found, wherever it has been moved and zoomed to.
    node(page, "pima").focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(page.locator(".zoom .level")).not_to_have_text("100 %")
    page.keyboard.press("Control+f")
    page.keyboard.type("nowhere")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Control+a")
    page.keyboard.type("women")
    page.keyboard.press("Enter")
    expect(node(page, "right")).to_be_focused()
    expect(node(page, "right").locator(".head")).to_be_in_viewport()
    page.keyboard.press("Control+z")
    expect(node(page, "right")).not_to_contain_text("Women")
    page.keyboard.press("Control+Shift+z")
    expect(node(page, "right")).to_contain_text("Women")
    page.keyboard.press("Control+z")
    saved(page)
    assert "comment" not in studio.nodes(experiment)["right"]


def test_the_view_is_fitted_to_all_and_to_what_is_selected(
    page: Page, studio: Studio, experiment: str
) -> None:
    studio.open(page, experiment)
    level = page.locator(".zoom .level")
    for _ in range(5):
        page.get_by_role("button", name="Zoom in").click()
    expect(level).to_have_text("200 %")
    page.get_by_role("button", name="Zoom to fit").click()
    for name in studio.nodes(experiment):
        expect(node(page, name)).to_be_in_viewport(ratio=0.99)
    page.keyboard.press("0")
    expect(level).to_have_text("100 %")
    page.keyboard.press("-")
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(level).not_to_have_text("100 %")
    node(page, "script").focus()
    page.keyboard.press("Shift+2")
    expect(level).to_have_text("100 %")
    expect(node(page, "script")).to_be_in_viewport(ratio=0.99)
    page.keyboard.press("Shift+1")
    for name in studio.nodes(experiment):
        expect(node(page, name)).to_be_in_viewport(ratio=0.99)
