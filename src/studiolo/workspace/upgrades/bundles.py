"""Script bundles in today's spelling: a new zip beside the old one, which stays as it is."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studiolo.datasets.reading.bundle import read_bundle
from studiolo.files.whole_file import replacing
from studiolo.modules.script import Script
from studiolo.runs.scripts.old_code_notes import bundled_sources
from studiolo.upgrade.errors import ScriptNotPythonError
from studiolo.upgrade.script import upgraded
from studiolo.workspace.upgrades.scripts import UpgradedText


@dataclass(frozen=True, kw_only=True)
class UpgradedBundle:
    """A script bundle, and what becomes of its modules."""

    path: Path
    modules: Sequence[UpgradedText]
    #: Sentences on modules that stay as they are because they can't be read.
    unread: Sequence[str]

    @property
    def changes(self) -> bool:
        """Whether the text of a module changes."""
        return any(module.changes for module in self.modules)

    @property
    def new_path(self) -> Path:
        """The file that the new bundle gets."""
        return self.path.with_name(f"{self.path.stem}.upgraded.zip")

    def write(self) -> Path:
        """Write the new bundle beside the old one, whole or not at all.

        Raises:
            OSError: It can't be written.
        """
        changed = {
            str(module.path.relative_to(self.path)): module
            for module in self.modules
            if module.changes
        }
        with (
            zipfile.ZipFile(io.BytesIO(read_bundle(self.path))) as old,
            replacing(self.new_path) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for member in old.infolist():
                content = old.read(member)
                if member.filename in changed:
                    content = changed[member.filename].encoded(content)
                new.writestr(member, content)
        return self.new_path


def upgraded_bundle(path: Path) -> UpgradedBundle:
    """The upgrade of every module in a bundle; nothing is written.

    Raises:
        BundleError: It can't be read.
    """
    modules, unread = [], []
    for member, source in bundled_sources(read_bundle(path)).items():
        try:
            after = upgraded(source, name=member)
        except ScriptNotPythonError as error:
            unread.append(f"{path.name}/{error}")
            continue
        before = Script(source=source, name=member)
        modules.append(UpgradedText(path=path / member, before=before, after=after))
    return UpgradedBundle(path=path, modules=modules, unread=unread)
