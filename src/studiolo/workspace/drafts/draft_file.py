"""The files of a draft: what they said when it was made, and how they are saved."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from studiolo.experiments.errors import ExperimentMissingError
from studiolo.experiments.experiment import Experiment, NodeName
from studiolo.experiments.file import FILE_NAME, read_experiment, text_to_save
from studiolo.experiments.layout import Layout, read_layout, write_layout
from studiolo.experiments.revision import UNSAVED, Revision, revision_at
from studiolo.experiments.saved_form import saved_form
from studiolo.experiments.yaml.patch import same
from studiolo.workspace.drafts.conflicts import ExperimentChangedError
from studiolo.workspace.drafts.draft_scripts import DraftScripts


class DraftFile:
    """The experiment.yaml of a draft, with the scripts and the layout beside it."""

    def __init__(
        self, folder: Path, *, saved: Experiment | None, replaced: Mapping[str, Revision]
    ) -> None:
        """Note what the draft was made from.

        Args:
            folder: The experiment's folder.
            saved: The content of its file; None if there was none.
            replaced: Scripts beside it that may be overwritten, as they were.
        """
        self.scripts = DraftScripts(folder, replaced=replaced)
        self._folder = folder
        self._saved = saved
        #: What has become of nodes that have a place on the canvas.
        self._rearrangements: list[Callable[[Layout], Layout]] = []
        #: The present names of nodes that have other ones in the file.
        self._renamed: dict[NodeName, NodeName] = {}

    @property
    def revision(self) -> Revision:
        """The revision of the file that the draft was made from, or saved to last."""
        return UNSAVED if self._saved is None else self._saved.revision

    @property
    def lines(self) -> Mapping[tuple[str, ...], int]:
        """The lines of that file; see `Experiment.lines`."""
        return {} if self._saved is None else self._saved.lines

    def rearrange(self, change: Callable[[Layout], Layout]) -> None:
        """Have the layout changed when the draft is saved."""
        self._rearrangements.append(change)

    def rename(self, node: NodeName, name: NodeName) -> None:
        """Have a node take its comments and its place on the canvas along to its new name."""
        in_file = {present: saved for saved, present in self._renamed.items()}
        self._renamed[in_file.get(node, node)] = name
        self.rearrange(lambda layout: layout.renamed(node, name))

    def save(self, experiment: Experiment, *, made_from: Revision) -> None:
        """Write all of it, while no other process does; see `Draft.save`."""
        self._refuse_changed(experiment, made_from)
        self.scripts.refuse_changed()
        text = text_to_save(experiment, self._folder, renamed=self._renamed)
        self.scripts.write()
        text.write()
        self._renamed.clear()
        self._saved = text.experiment
        self._rearrange(experiment)

    def _refuse_changed(self, experiment: Experiment, made_from: Revision) -> None:
        """Look whether the file is still what the changes were made from.

        A comment that someone wrote into it is not a change of the experiment, and stays.
        """
        with contextlib.suppress(OSError):
            # Reading a large one takes long.
            if revision_at(self._folder / FILE_NAME) == made_from:
                return
        there = self._on_disk()
        found = UNSAVED if there is None else there.revision
        known = made_from == self.revision
        if found == made_from or (known and _same(there, self._saved)):
            return
        raise ExperimentChangedError(
            file=self._folder / FILE_NAME,
            base=self._saved if known else None,
            theirs=there,
            ours=experiment,
        )

    def _on_disk(self) -> Experiment | None:
        try:
            return read_experiment(self._folder)
        except ExperimentMissingError:
            return None

    def _rearrange(self, experiment: Experiment) -> None:
        """Take nodes that were renamed, duplicated or removed along on the canvas."""
        read = read_layout(self._folder)
        layout = read.layout
        for change in self._rearrangements:
            layout = change(layout)
        # A layout with mistakes stays as it is; `check` reports them.
        if layout != read.layout and not read.findings:
            write_layout(layout, self._folder, nodes=list(experiment.nodes))
        self._rearrangements.clear()


def _same(one: Experiment | None, other: Experiment | None) -> bool:
    """Whether two files have the same content; None stands for no file."""
    if one is None or other is None:
        return one is other
    return same(saved_form(one), saved_form(other))
