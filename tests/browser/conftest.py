"""A real browser for the pages of Studiolo: Chromium, by Playwright.

Playwright drives a Chromium that is on the machine and never downloads one: that of the environment
variable STUDIOLO_CHROMIUM, or else the first one on the path. Each test gets a context of its own,
so no cookie, storage or cache of one test is there in the next one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.browser.chromium import NAMES, VARIABLE, find_chromium
from tests.browser.studio import Studio
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

#: What the server serves, once it has been built.
BUILT = Path(__file__).parents[2] / "src" / "studiolo" / "_ui" / "index.html"

#: What Chromium writes to the console about every answer that is an error; a test expects some.
_FAILED_RESPONSE = "Failed to load resource: the server responded with a status of"


class NewPage(Protocol):
    """Opens a page in a context of its own; what the browser complains of fails the test."""

    def __call__(
        self,
        *,
        scheme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 900,
        locale: str = "en-GB",
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module, which open pages by `new_page`."""
    executable = find_chromium()
    if executable is None:
        pytest.skip(
            f"No Chromium was found: install one, or name its executable in {VARIABLE}. "
            f"Looked on the path for {', '.join(NAMES)}."
        )
    # A machine that runs other tests beside these is slow at times.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable)
        yield started
        started.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A workspace with the samples, and its server, for the tests of a module."""
    workspace = new_workspace(tmp_path_factory.mktemp("studio") / "workspace")
    with server_process(workspace) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Studio(url=server.url, link=line.split()[-1], workspace=workspace)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of; a test takes away what it expects."""
    return []


@pytest.fixture
def new_page(browser: Browser, complaints: list[str]) -> Iterator[NewPage]:
    """Opens pages, and at the end of the test looks at what the browser complained of."""
    contexts = []

    def opened(
        *,
        scheme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 900,
        locale: str = "en-GB",
    ) -> Page:
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": height}, locale=locale
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type in ("error", "warning")
                and not message.text.startswith(_FAILED_RESPONSE)
                else None
            ),
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One page, light and as wide as a laptop's."""
    return new_page()


def check_both_themes(page: Page) -> None:
    """Fail with what axe-core finds on a page, in light or in dark."""
    for scheme in ("dark", "light"):
        # Colours change at once then, and not in a transition.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        check_accessibility(page)


def check_accessibility(page: Page) -> None:
    """Fail with what axe-core finds on a page as it is now."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def check_leaving_asks(page: Page) -> None:
    """Fail if the page can be closed without a question; it stays open."""
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
