"""The status of a run, in the words of the classic studio's run history."""

from rich.text import Text

from studiolo.store.run_record import RunRecord, RunStatus

_STYLES = {
    RunStatus.RUNNING: "cyan",
    RunStatus.FINISHED: "green",
    RunStatus.FAILED: "red",
}


def status_text(record: RunRecord) -> str:
    """`Finished`, `Failed (partial run)`, `Finished (for a console)`."""
    what = " (partial run)" if record.partial else ""
    if record.prepares is not None:
        what = f" (for a {record.prepares})"
    return f"{record.status.value.capitalize()}{what}"


def status_shown(record: RunRecord) -> Text:
    """The same in its colour."""
    return Text(status_text(record), style=_STYLES.get(record.status, "yellow"))
