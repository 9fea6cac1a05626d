"""A browser that is measured: from a key to a picture, and the frames of a gesture."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.chromium import find_chromium

#: What a page can be asked for. `studioPainted` waits until something is there, and for the frame
#: that shows it; it gives the milliseconds since `from`, in the clock of `performance.now()`.
HELPERS = """
window.studioFrame = () => new Promise(requestAnimationFrame);
window.studioPainted = async (there, from = 0) => {
  while (!there()) await studioFrame();
  await studioFrame();
  return performance.now() - from;
};
// Waits for the next key or click: what follows is measured from it.
window.studioAfter = (kind, there) => {
  window.studioMeasured = new Promise((done) => {
    const began = async () => done(await studioPainted(there, performance.now()));
    document.addEventListener(kind, began, { once: true, capture: true });
  });
};
"""
#: Measures from the next key to the frame that has the list of completions.
LISTEN_FOR_COMPLETIONS = """() => studioAfter("keydown", () =>
  document.querySelector(".editor").shadowRoot.querySelector(".cm-tooltip-autocomplete li"))"""
#: The seconds until a first node is painted, and the script before that: kilobytes as they
#: were sent, and files.
CANVAS_PAINTED = """async () => {
  const taken = await studioPainted(() => {
    const node = document.querySelector(".react-flow__node");
    return node && getComputedStyle(node).visibility === "visible";
  });
  const scripts = performance.getEntriesByType("resource").filter(
    ({ name, responseEnd }) => name.endsWith(".js") && responseEnd > 0 && responseEnd < taken);
  const bytes = scripts.reduce((sum, one) => sum + one.encodedBodySize, 0);
  return [taken / 1000, bytes / 1024, scripts.length];
}"""
#: Written by Chromium about everything that runs scripts, and about each frame.
_SCRIPTS = {
    "EvaluateScript",
    "EventDispatch",
    "FireAnimationFrame",
    "FunctionCall",
    "RunMicrotasks",
    "TimerFire",
}
_FRAME = "FireAnimationFrame"


@contextmanager
def measured_browser() -> Iterator[Browser]:
    """A browser, which ends with the block.

    Raises:
        RuntimeError: This machine has no Chromium.
    """
    executable = find_chromium()
    if executable is None:
        raise RuntimeError("No Chromium was found: install one, or name it in STUDIOLO_CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


def new_page(browser: Browser, link: str = "", cookies: Sequence[Any] = ()) -> Page:
    """A page with an empty cache, signed in by a link or by another page's cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(120_000)
    context.add_init_script(HELPERS)
    context.add_cookies([*cookies])
    page = context.new_page()
    if link:
        page.goto(link)
    return page


class Frames:
    """The frames of a gesture: how far apart they are, and the script time in each."""

    def __init__(self, page: Page) -> None:
        self._page = page
        #: In milliseconds, one for each frame.
        self.intervals: list[float] = []
        #: Of the thread that draws the page, in milliseconds of its processor time.
        self.script: list[float] = []

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record while the block runs."""
        browser = self._page.context.browser
        assert browser is not None
        # With a frame always asked for, the browser draws as often as it can.
        self._page.evaluate("() => { const on = () => requestAnimationFrame(on); on(); }")
        browser.start_tracing(page=self._page, categories=["devtools.timeline", "toplevel"])
        yield
        trace = json.loads(browser.stop_tracing())
        self._read(trace["traceEvents"])

    def _read(self, events: Sequence[Mapping[str, Any]]) -> None:
        ours = [one for one in events if one.get("ph") == "X" and one["name"] in _SCRIPTS]
        drawing = [(one["pid"], one["tid"]) for one in ours if one["name"] == _FRAME]
        thread = max(set(drawing), key=drawing.count)
        inside = sorted(
            (one for one in ours if (one["pid"], one["tid"]) == thread), key=lambda one: one["ts"]
        )
        began: list[float] = []
        spent: list[float] = []
        end = 0.0
        for event in inside:
            if event["ts"] < end:
                continue  # within the event before it
            end = event["ts"] + event["dur"]
            if event["name"] == _FRAME:
                began.append(event["ts"] / 1000)
                spent.append(0.0)
            if spent:
                spent[-1] += event.get("tdur", event["dur"]) / 1000
        self.intervals = [later - before for before, later in pairwise(began)]
        self.script = spent[:-1]
