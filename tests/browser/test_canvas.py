"""The canvas in a real browser, from a sample to its results: by mouse, and by keys alone."""

from typing import Literal
from urllib.parse import urlsplit

import pytest
from benchmarks.browser import CANVAS_PAINTED, HELPERS
from benchmarks.studio_workspace import write_large_experiment
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import BUILT, NewPage, check_accessibility, check_both_themes
from tests.browser.studio import Studio, drag, node

pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')


def test_a_sample_is_opened_run_and_looked_at(page: Page, studio: Studio) -> None:
    page.goto(studio.link)
    page.get_by_role("link", name="Clean, group and join").first.click()
    expect(node(page, "share")).to_contain_text("Not run yet")
    page.locator(".topbar").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".strip")).to_contain_text("Finished", timeout=60_000)
    expect(node(page, "share")).to_contain_text("Done3 rows")
    page.locator(".next").get_by_role("button", name="Visualize").click()
    expect(page.get_by_role("gridcell").first).to_have_text("young")
    page.go_back()
    node(page, "share").click()
    page.get_by_role("button", name="Visualize: Results dataset").click()
    expect(page.get_by_role("gridcell").first).to_have_text("young")
    page.go_back()
    expect(node(page, "grouped")).to_contain_text("Done3 rows")
    node(page, "grouped").locator(".react-flow__handle-bottom").click()
    page.get_by_role("menuitem", name="Save as dataset…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("grouped.csv")
    page.get_by_role("dialog").get_by_role("button", name="Save as dataset").click()
    expect(page.locator(".toast")).to_contain_text("grouped.csv")
    assert (studio.workspace / "datasets" / "grouped.csv").read_text().count("\n") > 1
    node(page, "grouped").focus()
    page.keyboard.press("]")
    page.keyboard.press("Shift+F10")
    page.get_by_role("menuitem", name="Visualize").press("Enter")
    expect(page.get_by_role("gridcell").first).to_be_visible()


def test_a_canvas_is_painted_after_little_script_and_few_requests(
    page: Page, studio: Studio
) -> None:
    page.goto(studio.link)
    page.add_init_script(HELPERS)
    needed = BUILT.with_name("canvas.html").read_text()
    later: list[Route] = []

    def hold(route: Route) -> None:
        """Keep back what the page of a canvas doesn't name: a node is painted without it."""
        if f'"{urlsplit(route.request.url).path}"' in needed:
            route.continue_()
        else:
            later.append(route)

    page.route("**/assets/*.js", hold)
    page.goto(f"{studio.url}/experiments/predict-diabetes", wait_until="commit")
    page.wait_for_function("'studioPainted' in window")
    _, kilobytes, scripts = page.evaluate(CANVAS_PAINTED)
    assert 100 < kilobytes <= 250
    assert scripts <= 12
    # What its dialogs need comes after that, by itself.
    for route in later:
        route.continue_()
    page.unroute("**/assets/*.js", hold)
    choosers = """() => performance.getEntriesByType("resource").some(
      ({ name }) => name.includes("/choosers-"))"""
    page.wait_for_function(choosers)


def test_a_narrow_window_leaves_room_for_the_canvas(new_page: NewPage, studio: Studio) -> None:
    page = new_page(width=900, height=720)
    page.goto(studio.link)
    page.goto(f"{studio.url}/experiments/predict-diabetes")
    chip = page.locator(".float.next")
    expect(chip.get_by_role("button", name="Run")).to_be_visible()
    expect(page.locator(".palette")).to_be_hidden()
    canvas, next_to = page.locator(".canvas").bounding_box(), chip.bounding_box()
    zoom = page.get_by_role("button", name="Zoom to fit").bounding_box()
    assert canvas is not None
    assert next_to is not None
    assert zoom is not None
    assert canvas["width"] > 450
    assert next_to["x"] + next_to["width"] < canvas["x"] + canvas["width"]
    assert next_to["y"] + next_to["height"] < zoom["y"]
    page.keyboard.press("a")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_an_experiment_is_made_by_keys_alone(page: Page, studio: Studio) -> None:
    page.goto(studio.link)
    page.get_by_role("button", name="New experiment").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("by-keys")
    page.keyboard.press("Enter")
    expect(page.locator(".float.next")).to_contain_text("add a dataset")
    expect(page.locator(".palette")).to_contain_text("pima-indians-diabetes.csv")
    for typed in ("pima", "split data", "select columns"):
        page.keyboard.press("a")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".saved")).to_have_text("Saved")
    assert studio.nodes("by-keys")["select"]["inputs"] == {"dataset": "split.results_dataset1"}

    page.keyboard.press("x")  # cuts a wire, the one that there is
    page.keyboard.press("Enter")
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(node(page, "select")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(node(page, "select")).to_have_count(1)
    # To the node above along its wire, and from there a second wire.
    node(page, "select").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(node(page, "split")).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.type("dataset2")
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("was replaced")
    expect(page.locator(".saved")).to_have_text("Saved")
    assert studio.nodes("by-keys")["select"]["inputs"] == {"dataset": "split.results_dataset2"}


def test_a_key_is_changed_by_keys_and_then_used(page: Page, studio: Studio) -> None:
    studio.open(page, "predict-diabetes")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Outline: the nodes as a list: O").press("Enter")
    field = dialog.get_by_role("textbox", name="New key of “Outline: the nodes as a list”")
    expect(field).to_be_focused()
    page.keyboard.press("Control+k")
    expect(dialog.get_by_role("alert")).to_have_text(
        "Ctrl K is the key of “Command palette”. Press a different one."
    )
    page.keyboard.press("F5")
    expect(dialog.get_by_role("alert")).to_contain_text("The browser keeps F5")
    check_both_themes(page)
    page.keyboard.press("Escape")  # leaves the field, and not the dialog
    expect(dialog.get_by_role("button", name="Outline: the nodes as a list: O")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+W")
    changed = dialog.get_by_role("button", name="Outline: the nodes as a list: Shift W")
    expect(changed).to_be_focused()

    page.reload()
    expect(page.locator(".saved")).to_have_text("Saved")
    page.keyboard.press("o")
    expect(dialog).to_have_count(0)
    page.keyboard.press("Shift+W")
    expect(dialog.get_by_role("option", name="split: ")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(dialog.get_by_role("option", name="Outline")).to_contain_text("Shift W")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    dialog.get_by_role("button", name="Outline: the nodes as a list: back to O").press("Enter")
    expect(dialog.get_by_role("button", name="Outline: the nodes as a list: O")).to_be_focused()


def test_a_wire_that_does_not_fit_is_refused_with_a_sentence(page: Page, studio: Studio) -> None:
    studio.open(page, "predict-diabetes")
    before = studio.file("predict-diabetes").read_bytes()
    split = node(page, "split").locator(".react-flow__handle-bottom").first
    trained = node(page, "score boosted trees").locator(".react-flow__handle-top").first
    drag(page, split, trained)
    expect(page.locator(".toast")).to_contain_text("takes a model, and")
    assert studio.file("predict-diabetes").read_bytes() == before


def test_the_file_and_the_canvas_stay_one(page: Page, studio: Studio) -> None:
    studio.open(page, "rank-features")
    file = studio.file("rank-features")
    text = file.read_text().replace("  top:", "  # the best three\n  top:")
    file.write_text(text.replace("The three that count most", "Written in an editor"))
    expect(node(page, "top")).to_contain_text("Written in an editor")

    node(page, "rank").click()
    page.get_by_role("textbox", name="Trees").fill("50")
    page.keyboard.press("Tab")
    expect(page.locator(".saved")).to_have_text("Saved")
    page.keyboard.press("Escape")
    assert studio.nodes("rank-features")["rank"]["parameters"] == {"trees": 50}
    assert "# the best three" in file.read_text()


def test_what_a_node_may_reach_is_checked_at_its_field(page: Page, studio: Studio) -> None:
    page.route("**/api/secrets", lambda route: route.fulfill(json={"names": ["API_TOKEN"]}))
    studio.open(page, "scatter-matrix")
    node(page, "draw").click()
    page.get_by_text("Network and secrets").click()
    field = page.get_by_label("Add a host and a port")
    field.fill("api.example.com")
    field.press("Enter")
    expect(page.get_by_role("group", name="May reach").get_by_role("alert")).to_contain_text(
        "is not a host and a port"
    )
    expect(field).to_have_value("api.example.com")
    field.fill("api.example.com:443")
    field.press("Enter")
    expect(page.get_by_role("button", name="Forbid api.example.com:443")).to_be_visible()
    page.get_by_label("Give a secret").select_option("API_TOKEN")
    expect(page.get_by_role("button", name="Take away API_TOKEN")).to_be_visible()
    expect(page.locator(".saved")).to_have_text("Saved")
    draw = studio.nodes("scatter-matrix")["draw"]
    assert (draw["allow"], draw["secrets"]) == (["api.example.com:443"], ["API_TOKEN"])
    check_accessibility(page)
    page.get_by_role("button", name="Take away API_TOKEN").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Take away API_TOKEN")).to_be_visible()


def test_a_file_for_a_parameter_is_uploaded_beside_it(page: Page, studio: Studio) -> None:
    file = studio.file("imports")
    file.parent.mkdir()
    file.write_text("studiolo: 1\nname: Imports\nnodes:\n  read: {module: import-data}\n")
    studio.open(page, "imports")
    node(page, "read").click()
    chosen = page.get_by_role("combobox", name="File", exact=True)
    chosen.select_option("pima-indians-diabetes.csv")
    page.get_by_label("Upload a file: File").set_input_files(
        {"name": "visits.csv", "mimeType": "text/csv", "buffer": b"patient,age\n007,38\n"}
    )
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("cell", name="007")).to_be_visible()
    check_accessibility(page)
    dialog.get_by_role("button", name="Store dataset").click()
    expect(chosen).to_have_value("visits.csv")
    expect(page.locator(".saved")).to_have_text("Saved")
    assert studio.nodes("imports")["read"]["parameters"] == {"file": "visits.csv"}


def test_two_pages_see_what_the_other_one_changes(new_page: NewPage, studio: Studio) -> None:
    one, other = new_page(), new_page()
    studio.open(one, "several-figures")
    expect(one.locator(".topbar")).not_to_contain_text("pages open")
    studio.open(other, "several-figures")
    expect(one.locator(".topbar")).to_contain_text("2 pages open")
    name = next(iter(studio.nodes("several-figures")))
    node(one, name).click()
    one.get_by_role("textbox", name="Comment").fill("seen by both")
    one.keyboard.press("Enter")
    expect(node(other, name)).to_contain_text("seen by both")
    # What the bar beside a node does is seen there, too.
    one.get_by_role("toolbar", name=f"Actions of “{name}”").get_by_role(
        "button", name="Duplicate"
    ).click()
    expect(node(other, f"{name}2")).to_be_visible()
    other.keyboard.press("o")
    other.keyboard.type(f"{name}2")
    other.keyboard.press("Enter")
    expect(node(other, f"{name}2")).to_be_focused()
    # Of nodes that are moved, pages ask for the places alone.
    asked: list[str] = []
    for page in (one, other):
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    moved = node(other, f"{name}2")
    before = moved.bounding_box()
    node(one, f"{name}2").click()
    one.keyboard.press("Shift+ArrowLeft")
    expect(one.locator(".saved")).to_have_text("Saved")
    for _ in range(100):
        if moved.bounding_box() != before:
            break
        other.wait_for_timeout(50)
    assert moved.bounding_box() != before
    one.wait_for_timeout(800)
    assert any(request.endswith("/several-figures/layout") for request in asked)
    assert not any(request.endswith("/several-figures") for request in asked)
    other.close()
    expect(one.locator(".topbar")).not_to_contain_text("pages open")


def test_a_conflict_is_shown_and_overwrites_nothing(page: Page, studio: Studio) -> None:
    # A page that does not hear of changes.
    page.route("**/api/experiments/*/events", lambda route: route.fulfill(status=204))
    studio.open(page, "use-a-bundle")
    file = studio.file("use-a-bundle")
    name = next(iter(studio.nodes("use-a-bundle")))
    file.write_text(file.read_text().replace("name: ", "name: Mine and ", 1))
    node(page, name).click()
    page.get_by_role("textbox", name="Comment").fill("written here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("changed elsewhere")
    assert "written here" not in file.read_text()
    page.get_by_role("button", name="Make my changes on top of it").click()
    expect(page.locator(".saved")).to_have_text("Saved")
    assert studio.nodes("use-a-bundle")[name]["comment"] == "written here"
    assert "Mine and" in file.read_text()


def test_five_thousand_nodes_open_and_one_is_moved_and_wired(page: Page, studio: Studio) -> None:
    write_large_experiment(studio.file("large").parent, 5_000)
    studio.open(page, "large")
    # It opens at its first node, at a size that can be read, and draws what is in view.
    first, second = node(page, "n0"), node(page, "n1")
    expect(first.locator(".head")).to_be_in_viewport()
    assert page.locator(".react-flow__node").count() < 100
    before = second.bounding_box()
    assert before is not None
    x, y = before["x"] + 80, before["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 20, steps=4)
    page.mouse.up()
    expect(page.locator(".saved")).to_have_text("Saved")
    after = second.bounding_box()
    assert after is not None
    assert after["x"] > before["x"]
    # From the head of the next chain to a node that takes its dataset from n0 so far.
    output = node(page, "n50").locator(".react-flow__handle-bottom")
    drag(page, output, second.locator(".react-flow__handle-top"))
    expect(page.locator(".toasts")).to_contain_text("was replaced")
    expect(page.locator(".saved")).to_have_text("Saved")
    file = studio.file("large").read_text()
    assert "n1: {module: select-columns-in-dataset, inputs: {dataset: n50}" in file


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ko-KR")])
def test_it_is_accessible(
    new_page: NewPage, studio: Studio, scheme: Literal["light", "dark"], locale: str
) -> None:
    page = new_page(scheme=scheme, locale=locale, width=1440)
    page.goto(studio.link)
    expect(page.locator(".xcard").first).to_be_visible()
    check_accessibility(page)
    page.goto(f"{studio.url}/experiments/scatter-matrix")
    page.locator(".react-flow__node").last.click()
    expect(page.locator(".nodeid")).to_be_visible()
    check_accessibility(page)
