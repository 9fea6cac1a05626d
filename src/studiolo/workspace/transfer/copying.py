"""Takes an experiment to another workspace, with everything that it refers to."""

import filecmp
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.datasets.errors import DatasetFileMissingError
from studiolo.errors import StudioloError
from studiolo.experiments.experiment import Experiment, NodeName, SavedName
from studiolo.experiments.file import FILE_NAME, write_experiment
from studiolo.experiments.layout import FILE_NAME as LAYOUT_FILE
from studiolo.files.leftovers import unfinished_folder
from studiolo.files.placing import put_new
from studiolo.modules.catalogue import Catalogue
from studiolo.modules.definition import ModuleId
from studiolo.store.dataset_record import DatasetVersion
from studiolo.workspace.datasets.datasets import dataset_path
from studiolo.workspace.errors import (
    CopyRefusedError,
    DatasetVersionMissingError,
    WorkspaceUnwritableError,
)
from studiolo.workspace.experiments.named_files import files_of_parameters
from studiolo.workspace.folder.root import DATASETS, MODULES
from studiolo.workspace.saved.errors import words
from studiolo.workspace.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Copied:
    """An experiment in another workspace."""

    #: Its folder there.
    folder: Path
    #: What was written, relative to the workspace and with slashes.
    taken: Sequence[str]
    #: What was there already, with the same content.
    shared: Sequence[str]
    #: Nodes that name an older version of a dataset, which has another number there: the number
    #: that it had, and the one that it has.
    renumbered: Mapping[NodeName, tuple[int, int]]


def copy_experiment(
    experiment: Path | str,
    workspace_from: Workspace,
    workspace_to: Workspace,
    *,
    name: str | None = None,
) -> Copied:
    """Copy an experiment, its scripts, and the datasets and modules of its workspace that it names.

    Nothing is overwritten. A file that is there already with the same content is shared; if one
    has another content, or anything is missing, nothing is written.

    A node without a version gets the dataset file as it is now. The content of an older
    version that a node names becomes known to the other workspace, which counts its versions by
    itself: where it gets a different number, the copy's experiment.yaml has that number.
    Otherwise this is copied byte for byte.

    Args:
        experiment: Its folder, its file, or its name in its workspace.
        workspace_from: The workspace that it is in.
        workspace_to: The workspace to copy it to; may be the same, with another name.
        name: The name of its folder there; the same as here if not given.

    Raises:
        ExperimentMissingError, ExperimentFileError: It can't be read.
        ExperimentNameError: No folder can be called so.
        CopyRefusedError: Something is in the way, or missing; has all of it.
        WorkspaceUnwritableError: The other workspace can't be written. What was written of the
            copy is taken away again.
        StoreError: An older version of a dataset can't be read, or not be kept there.
    """
    read = workspace_from.experiment(experiment)
    folder = workspace_to.experiment_folder(name or read.folder.resolve().name)
    copying = _Copying(read, workspace_from, workspace_to, folder)
    try:
        return copying.carried_out()
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceUnwritableError(path=workspace_to.root, reason=reason) from error


@dataclass(frozen=True, kw_only=True)
class _OlderVersion:
    """An older content of a dataset, and what the two workspaces call it."""

    record: DatasetVersion
    #: Its number in the other workspace.
    number: int
    #: Whether it is known there.
    known: bool


class _Copying:
    """One copy: looks first, then prepares everything, then puts it into place."""

    def __init__(
        self, experiment: Experiment, source: Workspace, target: Workspace, folder: Path
    ) -> None:
        self._experiment = experiment
        self._source = source
        self._target = target
        self._folder = folder
        self._reasons: list[str] = []
        self._taken: list[tuple[Path, Path]] = []
        self._shared: list[Path] = []

    def carried_out(self) -> Copied:
        # Several nodes may name one file.
        for original, place in dict.fromkeys(self._files()):
            self._look_at(original, place)
        older = self._older_versions()
        numbers = {
            name: (node.version, older[node.dataset, node.version].number)
            for name, node in self._experiment.nodes.items()
            if node.dataset is not None and (node.dataset, node.version) in older
        }
        renumbered = {name: (a, b) for name, (a, b) in numbers.items() if a is not None and a != b}
        with unfinished_folder(self._target.root) as temporary:
            staged = temporary / "experiment"
            own_files = self._stage_experiment(staged, renumbered)
            is_new = self._look_at_experiment(staged, own_files)
            if self._reasons:
                raise CopyRefusedError(
                    experiment=self._experiment.name,
                    workspace=self._target.root,
                    reasons=self._reasons,
                )
            self._put(temporary, staged if is_new else None, list(older.values()))
        own = [self._folder / file for file in own_files]
        taken = [place for _, place in self._taken]
        return Copied(
            folder=self._folder,
            taken=self._shown([*(own if is_new else []), *taken]),
            shared=self._shown([*([] if is_new else own), *self._shared]),
            renumbered=renumbered,
        )

    # Looking.

    def _files(self) -> Iterator[tuple[Path, Path]]:
        """The files of the workspace that the experiment names, and their places in the other."""
        datasets: dict[str, None] = {}
        modules: dict[ModuleId, None] = {}
        catalogue = self._source.catalogue
        for node in self._experiment.nodes.values():
            if node.dataset is not None and node.version is None:
                datasets[node.dataset] = None
            if node.saved is not None:
                yield from self._saved_files(node.saved, node.version)
            if node.module is not None:
                modules[node.module] = None
                datasets.update(dict.fromkeys(files_of_parameters(node, catalogue)))
        for name in datasets:
            try:
                yield (
                    dataset_path(self._source.root / DATASETS, name),
                    dataset_path(self._target.root / DATASETS, name),
                )
            except StudioloError as error:
                self._reasons.append(str(error))
        for module in modules:
            yield from self._module_file(module, catalogue)

    def _saved_files(self, saved: SavedName, version: int | None) -> Iterator[tuple[Path, Path]]:
        """The files of a saved model or transform, and their places in the other workspace."""
        try:
            found = self._source.saved.find(saved, version)
        except StudioloError as error:
            self._reasons.append(str(error))
            return
        newer = [n for n in self._target.saved.versions(saved) if n > found.version]
        if version is None and newer:
            # The copy means the newest version there is, as the original does.
            self._reasons.append(
                f"The {words(saved)} has a version {newer[-1]} there, which the copy would use, "
                f"and here the newest is {found.version}. Give the node a version."
            )
            return
        for file in (found.file, found.record_file):
            yield file, self._target.root / file.relative_to(self._source.root)

    def _module_file(self, module: ModuleId, catalogue: Catalogue) -> Iterator[tuple[Path, Path]]:
        try:
            path = catalogue.find(module).path
        except StudioloError as error:
            self._reasons.append(str(error))
            return
        if path is None or not path.is_relative_to(self._source.root / MODULES):
            # Built in, there as here.
            return
        folder = self._target.root / MODULES
        # A module's id does not tell how its file is written.
        twins = [file for file in folder.glob("*.py") if file.stem.replace("_", "-") == module]
        yield path, twins[0] if twins else folder / path.name

    def _look_at(self, original: Path, place: Path) -> None:
        """Whether a file is to be taken along, is there already, or can't be."""
        if not original.is_file():
            error = DatasetFileMissingError(file=original.name)
            self._reasons.append(str(error))
        elif not os.path.lexists(place):
            self._taken.append((original, place))
        elif _same(original, place):
            self._shared.append(place)
        else:
            there = self._shown([place])[0]
            self._reasons.append(f"{there} exists there already, with different content.")

    def _older_versions(self) -> Mapping[tuple[str, int | None], _OlderVersion]:
        """The older versions that nodes name, by dataset and by number in this workspace."""
        wanted = {
            (node.dataset, node.version): None
            for node in self._experiment.nodes.values()
            if node.dataset is not None and node.version is not None
        }
        found: dict[tuple[str, int | None], _OlderVersion] = {}
        next_numbers: dict[str, int] = {}
        for name, version in wanted:
            try:
                record = self._source.datasets.versions.kept(name, version)
            except DatasetVersionMissingError as missing:
                self._reasons.append(str(missing))
                continue
            known = self._target.datasets.versions.of(name)
            number = next((k.version for k in known if k.content == record.content), None)
            free = max((k.version for k in known), default=0) + 1
            found[name, version] = _OlderVersion(
                record=record,
                number=number or next_numbers.get(name, free),
                known=number is not None,
            )
            if number is None:
                next_numbers[name] = found[name, version].number + 1
        return found

    def _stage_experiment(
        self, staged: Path, renumbered: Mapping[NodeName, tuple[int, int]]
    ) -> Sequence[str]:
        """Make the copy of the experiment's folder; the names of its files."""
        staged.mkdir()
        here = self._experiment.folder
        scripts = dict.fromkeys(n.script for n in self._experiment.nodes.values() if n.script)
        layout = [LAYOUT_FILE] if (here / LAYOUT_FILE).is_file() else []
        files = []
        for file in [FILE_NAME, *layout, *scripts]:
            if not (here / file).is_file():
                self._reasons.append(f'There is no script "{here / file}".')
                continue
            (staged / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here / file, staged / file)
            files.append(file)
        if renumbered:
            nodes = dict(self._experiment.nodes)
            for name, (_, number) in renumbered.items():
                nodes[name] = replace(nodes[name], version=number)
            # Comments and layout stay as they are.
            write_experiment(replace(self._experiment, nodes=nodes), staged)
        return files

    def _look_at_experiment(self, staged: Path, files: Sequence[str]) -> bool:
        """Whether there is no such experiment yet; one that differs is in the way."""
        if not os.path.lexists(self._folder):
            return True
        different = [f for f in files if not _same(staged / f, self._folder / f)]
        if different:
            there = self._shown([self._folder])[0]
            self._reasons.append(
                f"{there} exists there already and differs in {', '.join(different)}. Give the "
                "copy a different name."
            )
        return False

    # Writing.

    def _put(
        self, temporary: Path, experiment: Path | None, older: Sequence[_OlderVersion]
    ) -> None:
        """Put everything into its place, the experiment last; all of it, or nothing."""
        staged = []
        for number, (original, place) in enumerate(self._taken):
            copy = temporary / str(number)
            shutil.copyfile(original, copy)
            staged.append((copy, place))
        with ExitStack() as undo:
            for copy, place in staged:
                root = self._target.root
                put_new(copy, place, folder=root / place.relative_to(root).parts[0])
                undo.callback(place.unlink)
            self._keep([version for version in older if not version.known])
            if experiment is not None:
                self._folder.parent.mkdir(exist_ok=True)
                experiment.rename(self._folder)
            undo.pop_all()

    def _keep(self, older: Sequence[_OlderVersion]) -> None:
        """Make older contents known to the other workspace."""
        source, target = self._source.datasets.versions, self._target.datasets.versions
        for version in older:
            taken = target.take(version.record, source)
            if taken.version != version.number:
                raise CopyRefusedError(
                    experiment=self._experiment.name,
                    workspace=self._target.root,
                    reasons=[
                        f'Another process is changing the dataset "{taken.name}" there. Try again.'
                    ],
                )

    def _shown(self, paths: Sequence[Path]) -> list[str]:
        return [path.relative_to(self._target.root).as_posix() for path in paths]


def _same(one: Path, other: Path) -> bool:
    """Whether both are files with the same content."""
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
