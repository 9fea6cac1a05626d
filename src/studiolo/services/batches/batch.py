"""One batch: files scored by a version of a service, piece by piece and several at a time."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import pyarrow as pa

from studiolo.datasets.dataset import Dataset
from studiolo.datasets.errors import DatasetError
from studiolo.datasets.invariants import without_nan
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.services.batches.early_output import EarlyOutput
from studiolo.services.batches.errors import BatchInputError
from studiolo.services.batches.input_file import InputFile, Piece
from studiolo.services.batches.outcome import BatchFailed, BatchProgress
from studiolo.services.batches.parts import Parts
from studiolo.services.scoring import RequestRefused, ScoringFailed, ScoringReply
from studiolo.services.serving.loaded_version import Scorer
from studiolo.services.validation import Cells, Validator


@dataclass(kw_only=True)
class Batch:
    """The scoring of files; run it once."""

    scorer: Scorer
    #: The files by the names of the inputs; only one of them if they are scored in pieces.
    files: Mapping[str, InputFile]
    parts: Parts
    #: Web-service parameters, typed or as text.
    parameters: Mapping[str, object]
    #: How many pieces are scored at the same time.
    parallel: int
    on_progress: Callable[[BatchProgress], None]
    #: Ends the batch soon after it is set.
    cancelled: threading.Event
    #: Written while pieces are still scored.
    early: Sequence[EarlyOutput] = ()
    _failed: dict[int, RequestRefused | ScoringFailed] = field(default_factory=dict)
    _rows: int = 0
    _done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> BatchFailed | None:
        """Score what is left to be scored; None if that went well, or was cancelled.

        Raises:
            DatasetError, BatchInputError: The input can't be read.
            BatchFolderError: There is no room for the results.
            StudioloError: Nothing could be run at all.
        """
        self._validator = Validator(self.scorer.schema)
        schema = self.scorer.schema
        self._outputs = list(schema.outputs)
        parts = len(schema.outputs) + len(schema.models)
        left = []
        for number, piece in enumerate(self.parts.pieces):
            rows = self.parts.rows(number, parts)
            if rows is None:
                left.append((number, piece))
            else:
                self._count(rows)
        self._tell()
        self._score_all(left)
        if not self._failed:
            return None
        number = min(self._failed)
        piece = self.parts.pieces[number]
        file = next(iter(self.files.values()), None)
        place = "" if file is None else file.place(piece)
        return BatchFailed(answer=self._failed[number], place=place)

    def _score_all(self, left: list[tuple[int, Piece]]) -> None:
        waiting = iter(left)
        threads = max(1, min(self.parallel, len(left)))
        with ThreadPoolExecutor(threads, thread_name_prefix="batch") as pool:
            workers = [pool.submit(self._work, waiting) for _ in range(threads)]
            try:
                while wait(workers, timeout=0.1, return_when=FIRST_EXCEPTION).not_done:
                    if self.cancelled.is_set() or any(w.done() and w.exception() for w in workers):
                        self._stop.set()
            finally:
                # Also where Ctrl-C ends the waiting.
                self._stop.set()
        for worker in workers:
            worker.result()

    def _work(self, waiting: Iterator[tuple[int, Piece]]) -> None:
        while not (self._stop.is_set() or self.cancelled.is_set()):
            with self._lock:
                chosen = next(waiting, None)
            if chosen is None:
                return
            self._score(*chosen)

    def _score(self, number: int, piece: Piece) -> None:
        sent = self._read(piece)
        rows = max(map(_rows_of, sent.values()), default=0)
        if not rows and len(self.parts.pieces) > 1:
            # Blank lines at the end of a file.
            self.parts.put(number, [pa.table({}) for _ in self._outputs], rows=0)
            self._count(0)
            self._tell()
            return
        checked = self._validator.check(sent, self.parameters)
        del sent
        answer = (
            checked
            if isinstance(checked, RequestRefused)
            else self.scorer.score(checked, cancelled=self._stop)
        )
        if not isinstance(answer, ScoringReply):
            if not self._stop.is_set():
                self._failed[number] = answer
                self._stop.set()
            return
        tables = [_without_nan(answer.outputs[name]) for name in self._outputs]
        tables += [model_part(answer.models[name]) for name in self.scorer.schema.models]
        self.parts.put(number, tables, rows=rows)
        del tables, checked, answer
        self._count(rows)
        self._tell()
        for output in self.early:
            output.advance()

    def _read(self, piece: Piece) -> dict[str, Cells | pa.Table]:
        try:
            return {name: file.read(piece) for name, file in self.files.items()}
        except DatasetError as error:
            file = next(iter(self.files.values()))
            place = file.place(piece)
            if not place:
                raise
            raise BatchInputError(place=place, problem=str(error)) from error

    def _count(self, rows: int) -> None:
        with self._lock:
            self._rows += rows
            self._done += 1

    def _tell(self) -> None:
        pieces = self.parts.pieces
        file = next(iter(self.files.values()), None)
        total = None if file is None else file.rows_total(pieces)
        if self._done == len(pieces):
            total = self._rows
        self.on_progress(
            BatchProgress(
                rows_done=self._rows,
                rows_total=total,
                pieces_done=self._done,
                pieces_total=len(pieces),
            )
        )


def model_part(model: MemoryFile) -> pa.Table:
    """A trained model as the part of a batch that has one piece."""
    return pa.table({"model": pa.array([model.read(model.size)], pa.large_binary())})


def _rows_of(sent: Cells | pa.Table) -> int:
    return sent.num_rows if isinstance(sent, pa.Table) else sent.rows


def _without_nan(table: pa.Table) -> pa.Table:
    return without_nan(Dataset(table=table)).table
