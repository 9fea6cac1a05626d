"""How far a batch is, and how it ended, as values."""

from dataclasses import dataclass

from studiolo.services.scoring import RequestRefused, ScoringFailed


@dataclass(frozen=True, kw_only=True)
class BatchProgress:
    """How much of a batch is done."""

    rows_done: int
    #: None where only reading the file to its end tells.
    rows_total: int | None
    pieces_done: int
    pieces_total: int


@dataclass(frozen=True, kw_only=True)
class BatchFailed:
    """A batch of which a piece was refused, or failed."""

    answer: RequestRefused | ScoringFailed
    #: Where the piece is in the input, as the beginning of a sentence; empty if it is all of it.
    place: str
