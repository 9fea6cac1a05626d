"""The result of a script's run, for programs and notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studiolo.datasets.dataset import Dataset
from studiolo.rendering.remedies import message_with_advice
from studiolo.runs.errors import ResultMissingError, RunFailedError
from studiolo.sandbox.exchange.job import RESULT_PORTS, JobFacts, Status

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class ScriptResult(JobFacts):
    """The outcome of a script's run, and what it returned."""

    #: By result port: `results_dataset`, and `results_dataset2` if the script returned a second.
    datasets: Mapping[str, Dataset]
    #: The environment it ran in.
    environment: str
    #: The name of its script.
    script: str = "script"

    def _repr_html_(self) -> str:
        """The notebook's view: the first rows of datasets, the console and the images."""
        # A run from the terminal, which waits for each import, needs none of this.
        from studiolo.rendering.node_row import NodeRow  # noqa: PLC0415
        from studiolo.rendering.result_html import node_html  # noqa: PLC0415
        from studiolo.store.run_record import NodeState  # noqa: PLC0415

        row = NodeRow(
            node=self.script,
            state=NodeState.FINISHED if self.succeeded else NodeState.FAILED,
            seconds=self.timings.total,
        )
        return node_html(
            row,
            failure=self.failure,
            console=self.device.console,
            tables={port: dataset.table for port, dataset in self.datasets.items()},
            images=self.device.images,
            notes=self.log,
        )

    @property
    def succeeded(self) -> bool:
        """Whether there are results."""
        return self.status is Status.SUCCEEDED

    @property
    def table(self) -> "pa.Table":
        """The Results Dataset as an Arrow table."""
        return self.dataset().table

    @property
    def frame(self) -> "pd.DataFrame":
        """The Results Dataset as a pandas frame, in the types that a script would see."""
        return self.frame_of()

    def dataset(self, port: str = RESULT_PORTS[0]) -> Dataset:
        """The dataset of a result port.

        Raises:
            RunFailedError: The run failed, so it has no results.
            ResultMissingError: The script returned nothing for that port.
        """
        if self.failure is not None:
            raise RunFailedError(
                failure_code=self.failure.code, message=message_with_advice(self.failure)
            )
        if port not in self.datasets:
            raise ResultMissingError(port=port, returned=len(self.datasets))
        return self.datasets[port]

    def frame_of(self, port: str = RESULT_PORTS[0]) -> "pd.DataFrame":
        """The dataset of a result port as a pandas frame; raises as ``dataset`` does."""
        # Here and not above: a run from the terminal needs no pandas outside of the sandbox.
        from studiolo.runs.frames import frame_of  # noqa: PLC0415

        return frame_of(self.dataset(port).table)
