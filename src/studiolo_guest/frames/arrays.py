"""Arrow and NumPy arrays as this package's signatures name them."""

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    ArrowArray: TypeAlias = pa.Array[Any]
else:
    # pyarrow's classes have type arguments for a type checker only.
    ArrowArray = pa.Array
Values: TypeAlias = np.ndarray[Any, Any]


def one_array(array: Any) -> ArrowArray:
    """A column as one array, whatever number of chunks pandas or pyarrow made of it."""
    whole: Any = array
    if isinstance(array, pa.ChunkedArray):
        # `combine_chunks` would copy a single one, too.
        whole = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    one: ArrowArray = whole
    return one
