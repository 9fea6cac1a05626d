"""The needs of a version of a web service, for the people who run it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class VersionNeeds:
    """The needs of a version beyond its packages, models and datasets, as texts for people."""

    #: Targets in the network that its requests may reach.
    allow: Sequence[str]
    #: The names of the secrets that they are given.
    secrets: Sequence[str]
    #: The data of NLTK that it keeps, such as "corpora/stopwords".
    data: Sequence[str]
