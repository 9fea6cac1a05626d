"""Files scored by a service, here: what `studiolo batch` and batch jobs have in common."""

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetFileUnwritableError
from studiolo.datasets.formats import Target, module_of
from studiolo.datasets.reading.files import FileFormat, format_of
from studiolo.files.whole_file import move_to, replacing
from studiolo.services.batches.batch import Batch
from studiolo.services.batches.early_output import EARLY_FORMATS, EarlyOutput
from studiolo.services.batches.errors import BatchModelFileError, BatchOutputError
from studiolo.services.batches.input_file import InputFile
from studiolo.services.batches.outcome import BatchFailed, BatchProgress
from studiolo.services.batches.parts import Parts
from studiolo.services.schema import MODEL_EXTENSION
from studiolo.services.schema_document import read_schema
from studiolo.services.scoring import RequestRefused
from studiolo.services.validation import Validator
from studiolo.store.services.service_record import DEFAULT_ENDPOINT, ServiceVersion
from studiolo.workspace.services.workspace_services import WorkspaceServices


@dataclass(frozen=True, kw_only=True)
class BatchFiles:
    """The files that a batch scores, and those that its outputs go to."""

    #: Files by the names of the inputs.
    inputs: Mapping[str, Path]
    #: Files by the names of the outputs; the others are not written.
    outputs: Mapping[str, Path]
    #: What errors call the inputs, and where their formats are seen; their paths if not given.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Web-service parameters, typed or as text.
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BatchDone:
    """A batch whose outputs are written."""

    rows: int
    #: By the name of the output: the file, its rows and its columns.
    outputs: Mapping[str, tuple[Path, int, int]]


def score_files(
    services: WorkspaceServices,
    version: ServiceVersion,
    files: BatchFiles,
    *,
    folder: Path,
    parallel: int,
    row_wise: bool | None = None,
    on_progress: Callable[[BatchProgress], None] = lambda _: None,
    cancelled: threading.Event | None = None,
) -> BatchDone | BatchFailed | RequestRefused | None:
    """Score files by a version of a service; each output is written whole or not at all.

    Where a batch was ended in the middle, the same one goes on behind the pieces that are done.

    Args:
        services: The services of a workspace.
        version: What scores.
        files: What is scored, and where to.
        folder: Keeps what is scored so far; removed once the outputs are written.
        parallel: How many pieces are scored at the same time.
        row_wise: Whether it is scored in pieces; as the version says if not given.
        on_progress: Told of each piece, from any thread.
        cancelled: Ends the batch soon after it is set.

    Returns:
        What was written; what was wrong with the files or went wrong; None if it was cancelled.

    Raises:
        DatasetError, BatchError: An input can't be read or an output not be written.
        StudioloError: The version is damaged, or nothing could be run at all.
    """
    ended = cancelled or threading.Event()
    progress: list[BatchProgress] = []

    def tell(now: BatchProgress) -> None:
        progress[:] = [now]
        on_progress(now)

    models = read_schema(json.dumps(version.schema)).models
    for name, path in files.outputs.items():
        _check_output(path, files, model=name in models)
    with services.batch_handler(version, parallel=parallel) as handler, ExitStack() as opened:
        refused = _refused(Validator(handler.schema), files)
        if refused is not None:
            return refused
        inputs = {
            name: opened.enter_context(
                InputFile(path, name=files.names.get(name), port=handler.schema.inputs[name])
            )
            for name, path in files.inputs.items()
        }
        pieces = (version.row_wise if row_wise is None else row_wise) and len(inputs) == 1
        only = next(iter(inputs.values()), None)
        work = _work(version, files, inputs, pieces=pieces)

        def cut() -> Any:
            return only.pieces() if pieces and only else [InputFile.WHOLE]

        with Parts.open(folder, work, cut) as parts, ExitStack() as closing:
            early = {
                name: closing.enter_context(
                    contextlib.closing(EarlyOutput(parts, place, format_of(files.outputs[name])))
                )
                for place, name in enumerate(handler.schema.outputs)
                if name in files.outputs and format_of(files.outputs[name]) in EARLY_FORMATS
            }
            batch = Batch(
                scorer=handler,
                files=inputs,
                parts=parts,
                parameters=files.parameters,
                parallel=parallel,
                on_progress=tell,
                cancelled=ended,
                early=list(early.values()),
            )
            failed = batch.run()
            if failed is not None and isinstance(failed.answer, RequestRefused):
                # It is the file that has to change.
                parts.remove()
            if failed is not None or ended.is_set():
                return failed
            written = {
                name: (
                    files.outputs[name],
                    *(
                        _move(early.get(name), files.outputs[name])
                        or _write(parts, place, name, files.outputs[name])
                    ),
                )
                for place, name in enumerate([*handler.schema.outputs, *models])
                if name in files.outputs
            }
            parts.remove()
    return BatchDone(rows=progress[0].rows_done if progress else 0, outputs=written)


def batch_key(version: ServiceVersion, files: BatchFiles, endpoint: str = DEFAULT_ENDPOINT) -> str:
    """A name for the folder of a batch: the same for the same files and version."""
    facts = {
        "version": version.digest,
        "service": version.service,
        "endpoint": endpoint,
        "inputs": {name: str(path.resolve()) for name, path in files.inputs.items()},
        "outputs": {name: str(path.resolve()) for name, path in files.outputs.items()},
        "parameters": {name: str(value) for name, value in files.parameters.items()},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def _check_output(path: Path, files: BatchFiles, *, model: bool) -> None:
    if not model:
        format_of(path)
    elif path.suffix != MODEL_EXTENSION:
        raise BatchModelFileError(output=str(path))
    if any(path.resolve() == given.resolve() for given in files.inputs.values()):
        raise BatchOutputError(output=str(path))


def _refused(validator: Validator, files: BatchFiles) -> RequestRefused | None:
    """Mistakes in the names of inputs and the parameters, found before anything is read."""
    return validator.check_outside(list(files.inputs), files.parameters)


def _work(
    version: ServiceVersion,
    files: BatchFiles,
    inputs: Mapping[str, InputFile],
    *,
    pieces: bool,
) -> Mapping[str, Any]:
    return {
        "version": version.digest,
        "inputs": {name: [str(file.path), *file.state()] for name, file in inputs.items()},
        "parameters": {name: str(value) for name, value in files.parameters.items()},
        "pieces": pieces,
    }


def _move(early: EarlyOutput | None, path: Path) -> tuple[int, int] | None:
    """Put a file that was written early into its place; its rows and columns, if there is one."""
    finished = None if early is None else early.finish()
    if finished is None:
        return None
    file, rows, columns = finished
    try:
        move_to(file, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetFileUnwritableError(file=str(path), reason=reason) from error
    return rows, columns


def _write(parts: Parts, place: int, name: str, path: Path) -> tuple[int, int]:
    """Write an output; how many rows and columns it has."""
    table = parts.table(place, output=name)
    try:
        with replacing(path) as sink:
            if path.suffix == MODEL_EXTENSION:
                sink.write(table.column(0)[0].as_py())
                return 0, 0
            chosen: FileFormat = format_of(path)
            target = Target(sink=sink, name=str(path), format=chosen)
            module_of(chosen).write(Dataset(table=table), target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DatasetFileUnwritableError(file=str(path), reason=reason) from error
    return table.num_rows, table.num_columns
