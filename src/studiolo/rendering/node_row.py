"""A node of a run in a line: of a table, or of text."""

from dataclasses import dataclass

from studiolo.rendering.amounts import count_text, duration_text
from studiolo.store.run_record import NodeState


@dataclass(frozen=True, kw_only=True)
class NodeRow:
    """A node of a run, as a line of a table."""

    node: str
    state: NodeState
    rows: int | None = None
    seconds: float | None = None
    #: A sentence: why it failed, or why it ran or did not.
    said: str = ""

    @property
    def headline(self) -> str:
        """The first line of what is said."""
        return next(iter(self.said.splitlines()), "")

    @property
    def cost(self) -> str:
        """The time that it took; nothing if it did not run."""
        ran = self.state in {NodeState.FINISHED, NodeState.FAILED}
        return duration_text(self.seconds) if ran and self.seconds is not None else ""


def node_line(row: NodeRow) -> str:
    """A node that has ended, in a line: `rank: finished, 8 rows, 1.58 s`."""
    rows = "" if row.rows is None else count_text(row.rows, "row")
    parts = ", ".join(part for part in (row.state.value, rows, row.cost) if part)
    # What is as it should be needs no reason.
    usual = row.state in {NodeState.FINISHED, NodeState.KEPT}
    return f"{row.node}: {parts}{f': {row.headline}' if row.headline and not usual else ''}"
