"""The weights of a dataset's rows."""

from typing import Any

import numpy as np
import pandas as pd

from ..columns.floats import floats_of


def weights_of(rows: pd.DataFrame) -> Any:
    """By how much each row counts: the column of the role weight; None if there is none."""
    roles = rows.attrs.get("roles", {})
    names = [name for name, role in roles.items() if role == "weight" and name in rows]
    if not names:
        return None
    if len(names) > 1:
        raise ValueError(
            f"Several columns have the role weight: {', '.join(names)}. Leave it to one of them, "
            "with Edit Metadata."
        )
    weights = floats_of(rows[names[0]])
    if weights is None:
        raise ValueError(
            f'The weight column "{names[0]}" holds {rows[names[0]].dtype} values; weights are '
            "numbers."
        )
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any() or not weights.any():
        row = rows.index[wrong.argmax()]
        value = rows[names[0]][row]
        found = f"{'no value' if pd.isna(value) else value} in row {row + 1}" if wrong.any() else ""
        raise ValueError(
            f'The weight column "{names[0]}" has {found or "no weight above 0"}. A weight is a '
            "number of 0 or more; replace it, or leave out the row."
        )
    print(f'Rows count by the weights in the column "{names[0]}".')
    return weights
