"""Runs on the canvas: of a part, stopped, begun elsewhere, and looked at again after a reload."""

import re
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import BUILT, NewPage
from tests.browser.studio import Studio, node

pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

#: A chain, and a node beside it.
_CHAIN = """studiolo: 1
name: Chain
nodes:
  ages:
    module: enter-data-manually
    parameters: {data_format: CSV, has_header: true, data: "a,b\\n1,2\\n"}
  first:
    module: select-columns-in-dataset
    inputs: {dataset: ages}
    parameters: {select_columns: [a, b]}
  middle:
    module: select-columns-in-dataset
    inputs: {dataset: first}
    parameters: {select_columns: [a, b]}
  last:
    module: select-columns-in-dataset
    inputs: {dataset: middle}
    parameters: {select_columns: [a]}
  beside:
    module: select-columns-in-dataset
    inputs: {dataset: ages}
    parameters: {select_columns: [b]}
"""
_ENDLESS = """studiolo: 1
name: Endless
nodes:
  endless: {module: execute-python-script, script: endless.py}
"""
_SCRIPT = """import time

def azureml_main(dataframe1 = None, dataframe2 = None):
    print("It goes on", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def chain(studio: Studio) -> str:
    file = studio.file("chain")
    file.parent.mkdir()
    file.write_text(_CHAIN)
    return "chain"


@pytest.fixture(scope="module")
def endless(studio: Studio) -> str:
    file = studio.file("endless")
    file.parent.mkdir()
    file.write_text(_ENDLESS)
    (file.parent / "endless.py").write_text(_SCRIPT)
    return "endless"


def states(page: Page, studio: Studio, experiment: str, *, number: int) -> dict[str, str]:
    """How the nodes of the newest run ended, once there are that many runs."""
    expect(page.locator(".strip")).to_contain_text("Finished", timeout=60_000)
    runs = newest_runs(page, studio, experiment)
    for _ in range(100):
        if len(runs) == number and runs[0]["status"] == "finished":
            break
        page.wait_for_timeout(50)
        runs = newest_runs(page, studio, experiment)
    assert len(runs) == number
    found = page.request.get(f"{studio.url}/api/runs/{runs[0]['run']}").json()
    return {name: f"{one['state']}: {one['reason']}" for name, one in found["nodes"].items()}


def newest_runs(page: Page, studio: Studio, experiment: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.request.get(
        f"{studio.url}/api/runs?experiment={experiment}"
    ).json()["runs"]
    return found


def test_a_part_is_run_and_the_rest_is_kept(page: Page, studio: Studio, chain: str) -> None:
    studio.open(page, chain)
    expect(page.locator(".strip")).to_have_text("Nothing is running.")
    node(page, "first").locator(".head").click()
    page.keyboard.press("Alt+Enter")
    new, kept, again = (
        "finished: It has not run before.",
        "kept: Nothing that it depends on has changed.",
        "finished: It was asked to run again.",
    )
    assert states(page, studio, chain, number=1) == {"ages": new, "first": new}
    expect(node(page, "last")).to_contain_text("Not run yet")

    page.keyboard.press("Control+Enter")
    expect(page.locator(".strip")).to_contain_text("5 of 5 nodes")
    whole = {"ages": kept, "first": kept, "middle": new, "last": new, "beside": new}
    assert states(page, studio, chain, number=2) == whole
    node(page, "middle").locator(".head").click()
    page.get_by_role("button", name="More ways to run").click()
    page.get_by_role("menuitem", name="Run from here").click()
    on = {"ages": kept, "first": kept, "middle": again, "last": again}
    assert states(page, studio, chain, number=3) == on
    node(page, "first").locator(".head").click()
    page.keyboard.press("Control+Shift+Enter")
    assert states(page, studio, chain, number=4) == {"ages": kept, "first": again}

    page.reload()
    shown = page.locator(".strip")
    expect(shown).to_contain_text(re.compile(r"Finished.*2 of 2 nodes.*1 kept.*\d\.\d\d s"))
    expect(shown.locator(".ticks .kept")).to_have_count(1)
    expect(shown.locator(".ticks .finished")).to_have_count(1)
    expect(node(page, "last")).to_contain_text("Done")


def test_a_run_is_stopped_and_shown_after_a_reload(
    page: Page, studio: Studio, endless: str
) -> None:
    studio.open(page, endless)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".strip .logline")).to_contain_text("It goes on", timeout=60_000)
    # A page that is opened meanwhile shows it, too, and its log.
    page.reload()
    expect(page.locator(".strip .logline")).to_contain_text("It goes on")
    expect(node(page, "endless")).to_contain_text("Running")
    page.keyboard.press("Control+.")
    expect(page.locator(".strip")).to_contain_text("Stopped")
    expect(page.locator(".strip .ticks .cancelled")).to_have_count(1)
    page.reload()
    expect(page.locator(".strip")).to_contain_text("Stopped")
    expect(page.locator(".strip .ticks .cancelled")).to_have_count(1)
    assert newest_runs(page, studio, endless)[0]["status"] == "cancelled"


def test_runs_that_are_begun_elsewhere_appear(
    new_page: NewPage, studio: Studio, endless: str
) -> None:
    one, other = new_page(), new_page()
    studio.open(one, "several-figures")
    studio.open(other, "several-figures")
    expect(one.locator(".strip")).to_have_text("Nothing is running.")
    command = [sys.executable, "-m", "studiolo", "run", "experiments/several-figures"]
    subprocess.run(command, cwd=studio.workspace, check=True, stdout=subprocess.PIPE)
    for page in (one, other):
        expect(page.locator(".strip")).to_contain_text("Finished")
        expect(page.locator(".strip")).to_contain_text(re.compile(r"\d\.\d\d s"))
        expect(page.locator(".react-flow__node").last).to_contain_text("Done")
    other.keyboard.press("Control+Enter")
    for page in (one, other):
        expect(page.locator(".strip")).to_contain_text(re.compile(r"[1-9] kept"))
        expect(page.locator(".react-flow__node").last).to_contain_text("Kept")
