"""Errors in a workspace's folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from studiolo.datasets.missing_path import meant
from studiolo.errors import StudioloError
from studiolo.quantities import size_text
from studiolo.suggestions import listed


class WorkspaceMissingError(StudioloError):
    """A path is not in a workspace."""

    code: ClassVar[str] = "workspace-missing"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        if path.exists():
            what = "neither it nor any folder above it has a file studiolo.toml."
            said = f'"{path}" is not in a workspace: {what}'
        else:
            said = f'There is no "{path}", nor a workspace around it.{meant(path, Path.is_dir)}'
        super().__init__(f'{said} "studiolo new FOLDER" makes a workspace.')


class WorkspaceNotExperimentError(StudioloError):
    """A workspace was named where one of its experiments is meant."""

    code: ClassVar[str] = "workspace-not-experiment"

    def __init__(self, *, path: str, experiments: Sequence[str]) -> None:
        self.path = path
        self.experiments = tuple(experiments)
        there = f"Name one of its experiments: {listed(experiments)}."
        super().__init__(
            f'"{path}" is a workspace, not an experiment. '
            f"{there if experiments else 'It has no experiments yet.'}"
        )


class WorkspaceExistsError(StudioloError):
    """A workspace is to be made where something is already."""

    code: ClassVar[str] = "workspace-exists"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(
            f'"{path}" exists already and is not empty. Choose another name; nothing was changed.'
        )


class WorkspaceUnwritableError(StudioloError):
    """A workspace's folder can't be made or written."""

    code: ClassVar[str] = "workspace-unwritable"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f'The workspace "{path}" can\'t be written: {reason}. Choose another place.'
        )


class WorkspaceSettingsError(StudioloError):
    """A workspace's `studiolo.toml` can't be read."""

    code: ClassVar[str] = "workspace-settings"

    def __init__(
        self, *, file: Path, problem: str, line: int | None = None, key: str | None = None
    ) -> None:
        self.file = file
        #: From 1; None where it is not known.
        self.line = line
        #: The key that has the mistake, if one has.
        self.key = key
        #: A sentence.
        self.problem = problem
        place = "" if line is None else f", line {line}"
        super().__init__(f'The settings of the workspace, "{file}"{place}: {problem}')


class DatasetVersionMissingError(StudioloError):
    """A dataset does not have the version that a node names."""

    code: ClassVar[str] = "dataset-version-missing"

    def __init__(self, *, name: str, version: int, versions: int) -> None:
        self.name = name
        self.version = version
        self.versions = versions
        there = f"it has versions 1 to {versions}" if versions else "none has been read yet"
        super().__init__(f'The dataset "{name}" has no version {version}: {there}.')


class DatasetChangedError(StudioloError):
    """A dataset file was replaced between a run's plan and its reading."""

    code: ClassVar[str] = "dataset-changed"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'The dataset file "{name}" was changed while the run was beginning. Run it again.'
        )


class DatasetNameError(StudioloError):
    """A dataset's name leads out of the workspace's datasets."""

    code: ClassVar[str] = "dataset-name"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'"{name}" is not a file in the workspace\'s datasets folder. Put the file there, and '
            "give only its name."
        )


class ExperimentNameError(StudioloError):
    """A name is not fit to be that of an experiment's folder."""

    code: ClassVar[str] = "experiment-name"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'"{name}" can\'t be the name of an experiment. It is the name of a folder: any text '
            'without "/" that does not begin with a dot.'
        )


class ExperimentExistsError(StudioloError):
    """An experiment is to be made under a name that one has already."""

    code: ClassVar[str] = "experiment-exists"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'There already is an experiment "{name}". draft("{name}") edits it; '
            "replace=True starts over and replaces it when the new one is saved."
        )


class NodeRefusedError(StudioloError):
    """A node of a draft was refused; the draft has not changed."""

    code: ClassVar[str] = "node-refused"

    def __init__(self, *, node: str, reasons: Sequence[str]) -> None:
        self.node = node
        #: As the checks of an experiment say them; at least one.
        self.reasons = tuple(reasons)
        super().__init__("\n".join(reasons))


class NodeNameTakenError(StudioloError):
    """A draft is to have two nodes of the same name."""

    code: ClassVar[str] = "node-name-taken"

    def __init__(self, *, node: str) -> None:
        self.node = node
        super().__init__(
            f'The experiment already has a node "{node}". Give this one a different name, or '
            f'change that one: experiment["{node}"].change(…).'
        )


class NodeOfAnotherDraftError(StudioloError):
    """A node is to be connected to one of another draft."""

    code: ClassVar[str] = "node-of-another-draft"

    def __init__(self, *, port: str, source: str) -> None:
        self.port = port
        self.source = source
        super().__init__(
            f'The input "{port}" can\'t come from the node "{source}", which belongs to a '
            "different draft. Use a node of this draft."
        )


class KeywordAmbiguousError(StudioloError):
    """A keyword of a node could mean more than one thing."""

    code: ClassVar[str] = "keyword-ambiguous"

    def __init__(self, *, keyword: str, meanings: Sequence[str], way_out: str) -> None:
        self.keyword = keyword
        self.meanings = tuple(meanings)
        self.way_out = way_out
        super().__init__(f"{keyword}= could be {' or '.join(meanings)} here. {way_out}")


class NameNotGivenError(StudioloError):
    """Something needs a name that it does not bring along."""

    code: ClassVar[str] = "name-not-given"

    def __init__(self, *, what: str, example: str) -> None:
        self.what = what
        self.example = example
        super().__init__(f"{what} has no name of its own. Give it one, such as name={example!r}.")


class DatasetExistsError(StudioloError):
    """A dataset is to be written to a file that holds another one."""

    code: ClassVar[str] = "dataset-exists"

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(
            f'The dataset file "{file}" already exists, with different content. Give another '
            "name, or replace=True to overwrite it."
        )


class UploadNameError(StudioloError):
    """An upload has a name that no dataset file can have."""

    code: ClassVar[str] = "upload-name"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f'A dataset file can\'t be called "{name}". Its name, and those of folders before it, '
            "must not be empty, begin with a dot, begin or end with a blank, or contain a "
            "backslash or a control character."
        )


class UploadTooLargeError(StudioloError):
    """An upload has more bytes than it may have; nothing of it is kept."""

    code: ClassVar[str] = "upload-too-large"

    def __init__(self, *, name: str, limit: int) -> None:
        self.name = name
        #: In bytes.
        self.limit = limit
        super().__init__(
            f'"{name}" is larger than {size_text(limit)}, the most that an upload may have. '
            "Nothing of it was kept. Split the file, or put it into the workspace's datasets "
            "folder yourself."
        )


class UploadCutOffError(StudioloError):
    """An upload ended before all its bytes had arrived; nothing of it is kept."""

    code: ClassVar[str] = "upload-cut-off"

    def __init__(
        self, *, name: str, size: int, announced: int | None = None, reason: str = ""
    ) -> None:
        self.name = name
        #: The bytes that arrived, and those that should have.
        self.size = size
        self.announced = announced
        self.reason = reason
        of = "" if announced is None else f" of {announced}"
        why = f" ({reason})" if reason else ""
        super().__init__(
            f'The upload of "{name}" was cut off after {size}{of} bytes{why}. Nothing of it was '
            "kept. Upload it again."
        )


class UploadUnknownError(StudioloError):
    """There is no such upload."""

    code: ClassVar[str] = "upload-unknown"

    def __init__(self, *, upload: str) -> None:
        self.upload = upload
        super().__init__("This upload is not known here any more. Begin it again.")


class UploadOffsetError(StudioloError):
    """A piece of an upload does not begin where the upload ends."""

    code: ClassVar[str] = "upload-offset"

    def __init__(self, *, offset: int, expected: int) -> None:
        self.offset = offset
        #: Where the next piece has to begin.
        self.expected = expected
        super().__init__(
            f"The piece of the upload begins at byte {offset:,}, but {expected:,} bytes have "
            "arrived. Go on from there."
        )


class ScriptExistsError(StudioloError):
    """The experiment's folder already has a different script with that name."""

    code: ClassVar[str] = "script-exists"

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(
            f'The experiment already has a script "{file}", with a different text. Give this one '
            "another name, or replace=True to overwrite that one."
        )


class ScriptUnsuitableError(StudioloError):
    """Something was given as a script that is none."""

    code: ClassVar[str] = "script-unsuitable"

    def __init__(self, *, found: str) -> None:
        self.found = found
        super().__init__(
            "A script is a path, the text of one, a studiolo.Script or a function of the "
            f"notebook, not {found}."
        )


class ScriptFunctionError(StudioloError):
    """A function is to become a script, and depends on what is defined around it."""

    code: ClassVar[str] = "script-function"

    def __init__(self, *, function: str, reason: str) -> None:
        self.function = function
        self.reason = reason
        super().__init__(
            f"The function {function} can't be a script by itself: {reason}. A script is the text "
            "of the function alone; modules that are imported outside of it are included."
        )


class CopyRefusedError(StudioloError):
    """An experiment can't be copied to another workspace; nothing was written."""

    code: ClassVar[str] = "copy-refused"

    def __init__(self, *, experiment: str, workspace: Path, reasons: Sequence[str]) -> None:
        self.experiment = experiment
        self.workspace = workspace
        self.reasons = tuple(reasons)
        listed = "\n".join(f"- {reason}" for reason in reasons)
        super().__init__(
            f'The experiment "{experiment}" can\'t be copied to "{workspace}"; nothing was '
            f"written.\n{listed}"
        )


class SecretMissingError(StudioloError):
    """A run is to be given a secret that is not kept."""

    code: ClassVar[str] = "secret-missing"

    def __init__(self, *, name: str, hint: str) -> None:
        self.name = name
        self.hint = hint
        said = (
            f' "studiolo secret list" shows the names, "studiolo secret set {name}" adds this one.'
        )
        super().__init__(f'There is no secret "{name}".{hint}{said}')


class SecretNameError(StudioloError):
    """A name that no secret can have."""

    code: ClassVar[str] = "secret-name-invalid"

    def __init__(self, *, name: str, why: str) -> None:
        self.name = name
        self.why = why
        super().__init__(f'A secret can\'t be called "{name}". {why}')


class SecretValueError(StudioloError):
    """A value that can't be kept as a secret. The message does not repeat it."""

    code: ClassVar[str] = "secret-value-invalid"

    def __init__(self, *, name: str, shortest: int, longest: int) -> None:
        self.name = name
        self.shortest, self.longest = shortest, longest
        super().__init__(
            f"The value of {name} can't be kept: a secret is a text of {shortest} to {longest:,} "
            "characters. A shorter one could not be told from other text in a log."
        )


class SecretsUnreadableError(StudioloError):
    """The secrets can't be read or written."""

    code: ClassVar[str] = "secrets-unreadable"

    def __init__(self, *, path: Path, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(
            f'The secrets can\'t be used: "{path}": {why}. Nothing was changed. If the file or its '
            "key is lost, remove that folder and set the secrets again."
        )
