"""The reply to a call of a program."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from studiolo_guest import wire
from studiolo_guest.contract.outputs import write_bytes
from studiolo_guest.programs.values import Dataset, Value, content_of, write

#: Bytes of the results that go into the message: there has to be room for the report.
_MOST_RESULTS: Final = wire.MESSAGE_BYTES // 2


class Reply:
    """The reply to a call: in one message, or else in the files that came for it."""

    def __init__(self, report_file: int, result_files: Sequence[int]) -> None:
        self._report_file = report_file
        self._files = result_files
        #: The results that go into the message; all of them, or none.
        self._streams: list[bytes] = []
        #: Whether there are results in the files.
        self._written = False

    def hold(self, values: Sequence[Value]) -> list[dict[str, Any] | None] | None:
        """Take the results of a call if they are small; what its report says of each."""
        streams = [content_of(value, _MOST_RESULTS) for value in values]
        small = [stream for stream in streams if stream is not None]
        if len(small) < len(streams) or sum(map(len, small)) > _MOST_RESULTS:
            return None
        self._streams = small
        return [_entry(*each) for each in zip(values, small, strict=True)]

    def write(self, place: int, value: Value) -> dict[str, Any] | None:
        """Write a result into the file of its output; what the report says of it.

        Raises:
            MismatchError: It is too large.
        """
        self._written = True
        write(value, self._files[place])
        return _entry(value, None)

    def message(self, report: Mapping[str, Any]) -> bytes:
        """The message to the host: all of it, or that all is in the files."""
        made = wire.packed(report, self._streams)
        if not self._written and len(made) <= wire.MESSAGE_BYTES:
            return made
        for stream, file in zip(self._streams, self._files, strict=False):
            write_bytes(stream, file)
        outputs = [
            entry and {key: value for key, value in entry.items() if key != "bytes"}
            for entry in report["outputs"]
        ]
        content, _ = wire.unpacked(wire.packed({**report, "outputs": outputs}, []))
        write_bytes(content, self._report_file)
        return wire.IN_A_FILE


def _entry(value: Value, stream: bytes | None) -> dict[str, Any] | None:
    """The report's entry for a result; ``stream`` is what the message has of it."""
    if value is None:
        return None
    # How many rows it has is looked up only where it refers to columns elsewhere.
    entry: dict[str, Any] = {"rows": 0, "references": []}
    if isinstance(value, Dataset):
        entry["roles"] = dict(value.roles)
    if stream is not None:
        entry["bytes"] = len(stream)
    return entry
