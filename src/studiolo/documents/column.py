"""A column of a dataset as a document."""

from typing import NotRequired

from typing_extensions import TypedDict


class ColumnDocument(TypedDict):
    """A column of a dataset."""

    name: str
    #: As Arrow writes it.
    type: str
    role: NotRequired[str]
