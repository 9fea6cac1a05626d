"""The pages of the studio in a real browser, each figure beside what it is to reach."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.browser import (
    CANVAS_PAINTED,
    LISTEN_FOR_COMPLETIONS,
    Frames,
    measured_browser,
    new_page,
)
from benchmarks.studio_workspace import StudioServer, studio_server
from benchmarks.turns import print_noise, spread
from studiolo.sandbox.process.process_memory import family_of

_ROUNDS = 7
_MOVES = 120
_SMALL, _LARGE, _LARGEST = 13, 2_000, 5_000
_OPEN_PAGES, _IDLE_SECONDS = 10, 30
#: Pages are idle once what they asked for when they were opened has been answered.
_SETTLING_SECONDS = 15
_LAST_ROW = 1_000_000
_JUMPS = (500_000, 900_000, _LAST_ROW, 130_000, 7)
#: The middle of the head of a node that nothing covers.
_IN_VIEW = """() => {
  for (const head of document.querySelectorAll(".react-flow__node .head")) {
    const { left, top, width, height } = head.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (x > 500 && y > 300 && head.contains(document.elementFromPoint(x, y))) return [x, y];
  }
}"""
#: Notes when the node is shown as done again, in milliseconds of the clock.
_DONE_AGAIN = """() => {
  const state = () => document.querySelector(".react-flow__node .state").textContent;
  const done = () => state().startsWith("Done");
  const again = studioPainted(() => !done()).then(() => studioPainted(done));
  window.studioMeasured = again.then(() => Date.now());
}"""


def main() -> None:
    """Measure all of them and print them."""
    print_noise()
    with studio_server((_SMALL, _LARGE, _LARGEST)) as server, measured_browser() as browser:
        signed_in = new_page(browser, server.link)
        cookies = signed_in.context.cookies()
        signed_in.context.close()

        def opened(path: str) -> Page:
            page = new_page(browser, cookies=cookies)
            page.goto(f"{server.url}{path}")
            return page

        _first_paint(server, browser, cookies)
        _dragging(opened)
        _table(opened)
        _completions(opened)
        _state(server.url, opened)
        _idle(server, opened)


def _print(what: str, values: Sequence[float], unit: str, reach: str) -> None:
    print(f"{what:48}{spread(values):>30} {unit:4} to reach: {reach}", flush=True)


def _first_paint(server: StudioServer, browser: Browser, cookies: Sequence[Any]) -> None:
    for nodes in (_SMALL, _LARGE, _LARGEST):
        painted, script = [], []
        for _ in range(_ROUNDS):
            page = new_page(browser, cookies=cookies)
            page.goto(f"{server.url}/experiments/nodes-{nodes}", wait_until="commit")
            page.wait_for_function("'studioPainted' in window")
            seconds, kilobytes, _ = page.evaluate(CANVAS_PAINTED)
            painted.append(seconds)
            script.append(kilobytes)
            page.context.close()
        reach = "0.8" if nodes == _SMALL else "usable"
        _print(f"first paint of a canvas, {nodes} nodes", painted, "s", reach)
        if nodes == _SMALL:
            _print("script before that, compressed", script, "KB", "250")


def _dragging(opened: Callable[[str], Page]) -> None:
    for nodes in (_LARGE, _LARGEST):
        page = opened(f"/experiments/nodes-{nodes}")
        page.locator(".react-flow__node").first.wait_for()
        page.locator(".react-flow__pane").click(position={"x": 5, "y": 5})
        page.keyboard.press("0")
        page.wait_for_timeout(1_000)
        x, y = page.evaluate(_IN_VIEW)
        frames = Frames(page)
        page.mouse.move(x, y)
        page.mouse.down()
        with frames.recorded():
            for move in range(_MOVES):
                page.mouse.move(x + move, y + move / 2)
        page.mouse.up()
        page.locator(".saved", has_text="Saved").wait_for()
        reach = "20 (p95)" if nodes == _LARGE else "usable"
        print(f"{len(frames.script)} frames of dragging among {nodes} nodes")
        _print("  p95 of the frames, from one to the next", [_p95(frames.intervals)], "ms", reach)
        _print("  p95 of the frames, script alone", [_p95(frames.script)], "ms", reach)
        page.context.close()


def _table(opened: Callable[[str], Page]) -> None:
    page = opened("/datasets")
    link = page.get_by_role("link", name="million.parquet")
    opening = []
    for _ in range(_ROUNDS + 1):
        link.wait_for()
        page.evaluate(_listen("click", 1))
        link.click()
        opening.append(page.evaluate("window.studioMeasured") / 1000)
        page.go_back()
    _print("a million rows open, the first time", opening[:1], "s", "0.3")
    _print("a million rows open", opening[1:], "s", "0.3")
    link.click()
    jumps = []
    field = page.get_by_label("Go to row")
    for row in _JUMPS * 2:
        field.fill(str(row))
        page.evaluate(_listen("keydown", row))
        field.press("Enter")
        jumps.append(page.evaluate("window.studioMeasured") / 1000)
    # The second time, the rows are still in the page.
    _print("a jump to a row", jumps[: len(_JUMPS)], "s", "0.1")
    page.context.close()


def _listen(event: str, row: int) -> str:
    """Measures from an event to a row's first cell, which holds the number of the row."""
    return f"""() => studioAfter("{event}", () => document.querySelector(
      '.gridrow[aria-rowindex="{row + 1}"] [aria-colindex="2"]')?.textContent
        .replaceAll(/\\D/g, "") === "{row - 1}")"""


def _completions(opened: Callable[[str], Page]) -> None:
    page = opened("/experiments/people/nodes/mine")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    taken = []
    for _ in range(2 * _ROUNDS):
        page.evaluate(LISTEN_FOR_COMPLETIONS)
        page.keyboard.press(".")
        taken.append(page.evaluate("window.studioMeasured"))
        page.keyboard.press("Escape")
        page.keyboard.press("Backspace")
    _print("a key to its list of completions", taken[1:], "ms", "150 (p50)")
    page.context.close()


def _state(url: str, opened: Callable[[str], Page]) -> None:
    page = opened("/experiments/pauses")
    page.locator(".react-flow__node").first.wait_for()
    late = []
    for _ in range(_ROUNDS + 1):
        page.evaluate(_DONE_AGAIN)
        page.get_by_role("button", name="More ways to run").click()
        with page.expect_response("**/experiments/pauses/runs") as answer:
            page.get_by_role("menuitem", name="Run anyway").click()
        run = answer.value.json()["run"]
        painted = page.evaluate("window.studioMeasured")
        node = page.request.get(f"{url}/api/runs/{run}/nodes/pause").json()
        ended = datetime.fromisoformat(node["ended_at"]).timestamp()
        late.append(painted - ended * 1000)
    _print("a node's state on the screen", late[1:], "ms", "50")
    page.context.close()


def _idle(server: StudioServer, opened: Callable[[str], Page]) -> None:
    paths = ("/experiments/nodes-13", "/experiments/people", "/experiments/pauses", "/datasets")
    pages = [opened(paths[number % len(paths)]) for number in range(_OPEN_PAGES)]
    time.sleep(_SETTLING_SECONDS)
    before = _processor_seconds(server.pid)
    time.sleep(_IDLE_SECONDS)
    share = (_processor_seconds(server.pid) - before) / _IDLE_SECONDS
    _print(f"a server with {_OPEN_PAGES} idle pages", [share * 100], "%", "1")
    for page in pages:
        page.context.close()


def _processor_seconds(pid: int) -> float:
    """Processor time of a process and all that it started."""
    ticks = 0
    for member in family_of(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
