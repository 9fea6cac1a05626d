"""A server of a workspace with the samples, and what the tests of the canvas do there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True, kw_only=True)
class Studio:
    """A server of a workspace with the samples."""

    url: str
    #: The link that signs a browser in.
    link: str
    workspace: Path

    def file(self, experiment: str) -> Path:
        return self.workspace / "experiments" / experiment / "experiment.yaml"

    def nodes(self, experiment: str) -> dict[str, Any]:
        """The nodes as the file has them now."""
        nodes: dict[str, Any] = yaml.safe_load(self.file(experiment).read_text())["nodes"] or {}
        return nodes

    def open(self, page: Page, experiment: str) -> None:
        """Show an experiment to somebody who has signed in."""
        page.goto(self.link)
        page.goto(f"{self.url}/experiments/{experiment}")
        expect(page.locator(".saved")).to_have_text("Saved")


def node(page: Page, name: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def drag(page: Page, source: Locator, target: Locator) -> None:
    """Draw a wire with the mouse."""
    begin, end = source.bounding_box(), target.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 12, begin["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 30, steps=4)
    page.mouse.move(end["x"] + 12, end["y"] + 12, steps=4)
    page.mouse.up()
