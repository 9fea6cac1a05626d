"""A value as a preview of a dataset shows it."""

from typing import Any

import pyarrow as pa

#: Bytes of a character in UTF-8.
_LONGEST = 4


def value_text(value: "pa.Scalar[Any]", *, characters: int) -> str | None:
    """The text of a value, None where it is missing; of bytes, how many there are.

    Of a longer text it has the first ``characters``, and no more is taken out of the dataset: a
    single cell may have gigabytes.
    """
    if isinstance(value, pa.DictionaryScalar):
        value = value.value
    if not value.is_valid:
        return None
    content: Any = value
    if isinstance(value, pa.BinaryScalar | pa.LargeBinaryScalar):
        buffer = content.as_buffer()
        if not isinstance(value, pa.StringScalar | pa.LargeStringScalar):
            return f"{buffer.size:,} bytes"
        beginning = buffer.slice(0, min(buffer.size, _LONGEST * characters)).to_pybytes()
        # The last character may be cut in two.
        text: str = beginning.decode("utf-8", "ignore")
        return text[:characters]
    try:
        plain = content.as_py()
    except (ValueError, OverflowError):
        # Python has no object for the years that Arrow has beyond 9999.
        plain = content.cast(pa.string()).as_py()
    return f"{plain:.6g}" if isinstance(plain, float) else str(plain)
