"""The proof that an upgraded script does what the old one did: both are run on the same data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from studiolo.datasets.comparison import TableComparison, compare_tables
from studiolo.environments.environment import CLASSIC, DEFAULT
from studiolo.modules.script import Script
from studiolo.runs.scripts.script_result import ScriptResult
from studiolo.workspace.sandboxes.script_runs import run_script
from studiolo.workspace.upgrades.scripts import UpgradedFile


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Both scripts, run on the same data: the old one in `classic`, the new one in `default`."""

    old: ScriptResult
    new: ScriptResult
    #: By output port: how the datasets differ.
    differences: Mapping[str, TableComparison]

    @property
    def is_equal(self) -> bool:
        """Whether both ran, and returned the same."""
        ran = self.old.succeeded and self.new.succeeded
        return ran and not any(found.differs for found in self.differences.values())


def verified(file: UpgradedFile, **inputs: Any) -> Verification:
    """Run a script before and after its upgrade; see `run_script` for the inputs.

    Raises:
        StudioloError: An input can't be read, or an environment can't be had.
    """
    # The same random numbers for both.
    given = {"seed": 0, **inputs}
    old = run_script(file.before, environment=CLASSIC, **given)
    after = Script(source=file.after.source, name=file.before.name)
    new = run_script(after, environment=DEFAULT, **given)
    ports = sorted({*old.datasets, *new.datasets})
    differences = {
        port: compare_tables(old.datasets[port], new.datasets[port])
        if port in old.datasets and port in new.datasets
        else TableComparison(removed=[port])
        for port in ports
    }
    return Verification(old=old, new=new, differences=differences)


def described(found: TableComparison) -> Iterator[str]:
    """The differences between two datasets, a phrase each."""
    if found.added or found.removed:
        yield f"columns or datasets {', '.join([*found.added, *found.removed])} are in one only"
    if found.rows is not None:
        yield f"{found.rows.before} rows became {found.rows.after}"
    if found.reordered:
        yield "the columns are in a different order"
    for name, change in found.types.items():
        yield f"column {name!r} was {change.before} and is {change.after}"
    for column in found.cells:
        (first, *_) = column.first
        yield (
            f"column {column.name!r} differs in {column.cells} cells, first in row {first.row}: "
            f"{first.before} became {first.after}"
        )
