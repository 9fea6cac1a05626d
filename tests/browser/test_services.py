"""Web services and past runs in a real browser: from an experiment to a scored file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import NewPage, check_accessibility, check_both_themes
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

PETS = "kind,colour,age\ncat,black,3\ncat,white,5\ndog,<b>red</b>,9\ndog,black,2\n"
SCRIPT = """
def azureml_main(frame, *, years: int = 1):
    frame["age"] = frame.age + years
    return frame
"""
EXPERIMENT = """
studiolo: 1
name: Older
nodes:
  pets: {dataset: pets.csv}
  older: {module: execute-python-script, script: older.py, inputs: {dataset1: pets}}
"""


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A server of a workspace with one experiment."""

    url: str
    #: The link that signs a browser in.
    link: str
    workspace: Path

    def open(self, page: Page, path: str) -> None:
        page.goto(self.link)
        page.goto(f"{self.url}{path}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = new_workspace(tmp_path_factory.mktemp("services") / "workspace", samples=False)
    folder = root / "experiments" / "older"
    folder.mkdir(parents=True)
    (folder / "experiment.yaml").write_text(EXPERIMENT)
    (folder / "older.py").write_text(SCRIPT)
    (root / "datasets" / "pets.csv").write_text(PETS)
    with server_process(root) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Studio(url=server.url, link=line.split()[-1], workspace=root)


def run(page: Page) -> None:
    page.locator(".topbar").get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".strip")).to_contain_text("Finished", timeout=60_000)


def test_an_experiment_becomes_a_service_that_scores_a_file(
    new_page: NewPage, studio: Studio
) -> None:
    page = new_page()
    studio.open(page, "/experiments/older")
    run(page)
    page.get_by_role("button", name="Set up a web service…").click()
    page.get_by_role("button", name="Set up", exact=True).click()
    page.get_by_role("button", name="Open the service's experiment").click()
    page.wait_for_url("**/experiments/older-service")
    page.locator('.react-flow__node[data-id="older"]').click()
    page.get_by_role("checkbox", name="Callers may set years").check()
    expect(page.get_by_role("textbox", name="Callers call it")).to_have_value("years")
    page.get_by_role("button", name="Publish as a web service…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name of the service")).to_have_value("older")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_contain_text("Version 1 of “older” answers", timeout=60_000)
    key = dialog.get_by_role("group", name="Primary key").locator("code").inner_text()
    expect(dialog.locator("pre")).to_contain_text(f"Authorization: Bearer {key}")
    check_accessibility(page)
    dialog.get_by_role("link", name="Dashboard").click()
    page.wait_for_url("**/services/older/dashboard")
    page.locator(".testform").get_by_label("years").fill("10")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".answer")).to_contain_text("13")
    change_limits(page)
    page.get_by_label("File for input1").set_input_files(
        {"name": "more.csv", "mimeType": "text/csv", "buffer": PETS.encode()}
    )
    page.get_by_role("button", name="Start the job").click()
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download output1: more.csv").click(timeout=60_000)
    assert "cat,black,4" in download.value.path().read_text()
    check_both_themes(page)
    check_service_list(page, studio)
    page.evaluate("localStorage.setItem('studiolo.language', 'ko')")
    page.goto(f"{studio.url}/services/older/dashboard")
    # What is wrong is said in Korean, too.
    page.locator(".testform").get_by_label("age").fill("old")
    page.get_by_role("button", name="보내기").click()
    expect(page.locator(".answer")).to_contain_text("열: 정수가 필요합니다. 받은 값: ")
    check_both_themes(page)
    check_service_list(page, studio)


def check_service_list(page: Page, studio: Studio) -> None:
    """Fail with what axe-core finds on the page of all services."""
    page.goto(f"{studio.url}/services")
    expect(page.get_by_role("link", name="older", exact=True)).to_be_visible()
    check_both_themes(page)


def change_limits(page: Page) -> None:
    """Change one limit of the endpoint, and be refused with one that is too large."""
    # With one version, there is nothing to go back to.
    expect(page.get_by_role("button", name="Roll back")).to_be_disabled()
    card = page.locator(".sec").filter(has=page.get_by_role("heading", name="Limits"))
    card.get_by_role("button", name="Change").click()
    card.get_by_label("Calls that wait").fill("5")
    card.get_by_label("Size of a request, MiB").fill("2000")
    card.get_by_role("button", name="Apply").click()
    refused = 'The limit "size" can\'t be 2000MiB: allowed are 1KiB to 1GiB. No limit has changed.'
    expect(card.get_by_role("alert")).to_have_text(refused)
    card.get_by_label("Size of a request, MiB").fill("2")
    card.get_by_role("button", name="Apply").click()
    expect(card).to_contain_text(
        "5 more may wait. Each may take 1 min and has up to 1,000,000 rows in 2 MiB."
    )


@pytest.mark.parametrize(("scheme", "locale"), [("light", "ko-KR"), ("dark", "en-GB")])
def test_a_past_run_is_looked_at_compared_and_saved(
    new_page: NewPage, studio: Studio, scheme: Literal["light", "dark"], locale: str
) -> None:
    page = new_page(scheme=scheme, locale=locale)
    studio.open(page, "/experiments/older")
    later = page.request.post(
        f"{studio.url}/api/experiments/older/runs",
        headers={"X-Studiolo-Session": "1", "Origin": studio.url},
        data={"again": True},
    )
    run_id = later.json()["run"]
    page.goto(f"{studio.url}/runs/{run_id}")
    expect(page.locator(".node.done")).to_have_count(2, timeout=60_000)
    page.locator('.react-flow__node[data-id="older"]').click()
    expect(page.locator(".pane input[readonly]").first).to_be_visible()
    check_accessibility(page)
    first = page.request.get(f"{studio.url}/api/runs?experiment=older").json()["runs"][-1]["run"]
    page.goto(f"{studio.url}/runs/{run_id}?compare={first}")
    expect(page.locator(".legend .changemark")).to_have_count(3)
    check_accessibility(page)
    page.locator(".topbar").get_by_role("button").click()
    page.wait_for_url("**/experiments/older-*")
    page.goto(f"{studio.url}/datasets/pets.csv")
    page.locator("select").filter(has_text="colour").select_option("colour")
    expect(page.locator(".crosstab")).to_contain_text("<b>red</b>")
    page.locator("select").filter(has_text="colour").select_option("age")
    expect(page.locator(".box")).to_have_count(2)
    check_accessibility(page)
