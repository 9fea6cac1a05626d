"""The help page of a service, as a person meets it in a browser."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import NewPage, check_accessibility
from tests.unit.server.servers import PRIMARY, Served, serving

from studiolo.services.schema import ColumnSchema, PortSchema, ServiceSchema

TEXT = """</pre><script>document.title = "run"</script><b>bold</b> {{ 7 * 7 }} '"""
INPUT = PortSchema(
    columns=(
        ColumnSchema(name="x", type=pa.float64(), missing=True),
        ColumnSchema(name=TEXT, type=pa.large_string(), categories=("yes", "no")),
        *(ColumnSchema(name=f"a rather long column name {n}", type=pa.int64()) for n in range(8)),
    ),
    sample={
        "x": 1.5,
        TEXT: "yes",
        **{f"a rather long column name {n}": n for n in range(8)},
    },
)
SCHEMA = ServiceSchema(inputs={"input1": INPUT}, outputs={"output1": INPUT})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with many columns, one of which is called like code."""
    with serving(tmp_path_factory.mktemp("help"), schema=SCHEMA) as served:
        assert served.call().status_code == 400  # it is loaded
        yield served


@pytest.fixture
def help_page(page: Page, server: Served) -> Page:
    page.goto(f"{server.url}/services/iris")
    return page


def test_it_sends_a_request_and_shows_the_answer(help_page: Page) -> None:
    answer = help_page.locator("#answer")
    help_page.get_by_label("Key").fill("no key of ours")
    help_page.get_by_role("button", name="Send").click()
    expect(answer).to_contain_text("401")
    expect(answer).to_contain_text("ScoreRequestUnauthorized")

    help_page.get_by_label("Key").fill(f" {PRIMARY.reveal()} ")
    help_page.get_by_label("Key").press("Enter")
    expect(answer).to_contain_text("200 OK")
    reply = json.loads((answer.text_content() or "").partition("\n")[2])
    assert reply["Results"]["output1"]["value"]["Values"] == [["1.5", "yes", *map(str, range(8))]]

    help_page.get_by_label("Request").fill("{")
    help_page.get_by_role("button", name="Send").click()
    expect(answer).to_contain_text("RequestBodyInvalid")


def test_the_key_is_not_kept(help_page: Page, server: Served) -> None:
    field = help_page.get_by_label("Key")
    assert field.get_attribute("type") == "password"
    field.fill(PRIMARY.reveal())
    help_page.get_by_role("button", name="Send").click()
    expect(help_page.locator("#answer")).to_contain_text("200 OK")
    assert help_page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    assert help_page.url == f"{server.url}/services/iris"
    help_page.reload()
    expect(field).to_have_value("")


def test_what_looks_like_code_is_text(help_page: Page) -> None:
    assert help_page.title() == "Request Response API Documentation for iris"
    expect(help_page.get_by_role("cell", name=TEXT, exact=True)).to_have_count(2)
    assert help_page.locator("b").count() == 0
    assert help_page.locator("script").count() == 1


def program(page: Page, language: str) -> str:
    """A sample program as a person copies it, with their key in it."""
    heading = page.get_by_role("heading", name=language, exact=True)
    text = heading.locator("xpath=following-sibling::pre[1]").text_content()
    assert text is not None
    return text.replace("YOUR-KEY", PRIMARY.reveal())


#: How each program is run from a folder, and the program that this takes.
LANGUAGES = {
    "curl": ("bash", "bash program"),
    "Python": ("python3", f"{sys.executable} program"),
    "C#": ("mcs", "cp program p.cs && mcs -r:System.Net.Http p.cs && mono p.exe"),
    "R": ("Rscript", "Rscript program"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_program_runs_as_it_is(help_page: Page, language: str, tmp_path: Path) -> None:
    needed, command = LANGUAGES[language]
    if shutil.which(needed) is None:
        pytest.skip(f"{needed} is not installed, so the {language} program is not run.")
    (tmp_path / "program").write_text(program(help_page, language), encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout[done.stdout.index("{") :])
    assert reply["Results"]["output1"]["value"]["ColumnNames"][1] == TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/services/iris"])
def test_everybody_can_use_it_on_any_screen(
    new_page: NewPage, server: Served, scheme: Literal["light", "dark"], path: str
) -> None:
    page = new_page(scheme=scheme, width=360)
    page.goto(f"{server.url}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    check_accessibility(page)
