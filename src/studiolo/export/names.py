"""Names of an exported program: identifiers that say what they stand for, each given once."""

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

_WORDS = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


class Names:
    """Gives out identifiers of one scope."""

    def __init__(self, taken: Iterable[str] = (), *, prefix: str = "") -> None:
        # Every name that is given out has a prefix.
        self._taken = {*_WORDS, *taken}
        self._prefix = prefix

    def give(self, text: str) -> str:
        """An identifier like the text that was not given out before."""
        wanted = self._prefix + identifier(text)
        if wanted in _WORDS:
            wanted += "_"
        name, number = wanted, 2
        while name in self._taken:
            name = f"{wanted.rstrip('_')}_{number}"
            number += 1
        self._taken.add(name)
        return name


def identifier(text: str) -> str:
    """The text in small letters, with underscores for what an identifier can't have.

    It never begins with an underscore. Python takes letters of all scripts, and compares
    identifiers after normalising them as is done here.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    kept = "".join(c if f"_{c}".isidentifier() else "_" for c in text)
    kept = re.sub("_+", "_", kept).strip("_")
    if not kept.isidentifier():
        kept = f"node_{kept}".rstrip("_")
    return unicodedata.normalize("NFKC", kept)
