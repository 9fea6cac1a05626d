"""Values of callers, in a form for sentences to them."""

from collections.abc import Iterable, Sequence

from studiolo.suggestions import closest, did_you_mean

#: Names in a sentence, and characters of a value.
_MOST_NAMES = 20
_LONGEST = 80
#: Names among which one that is alike is looked for.
_MOST_LOOKED_AT = 200


def listed(names: Iterable[str]) -> str:
    """Names in quotes, with commas between them; of many the first."""
    every = list(names)
    some = ", ".join(f'"{shown(name)}"' for name in every[:_MOST_NAMES])
    more = len(every) - _MOST_NAMES
    return f"{some} and {more} more" if more > 0 else some


def meant(name: str, known: Sequence[str]) -> str:
    """A question after the name that may be meant, with a blank in front; empty if none may."""
    return did_you_mean(name[:_LONGEST], _looked_at(known))


def sent_instead(name: str, sent: Sequence[str]) -> str:
    """A question after the name that may have been sent for this one; empty if none may."""
    close = closest(name[:_LONGEST], _looked_at(sent))
    return "" if close is None else f' Is it "{close}"?'


def _looked_at(names: Sequence[str]) -> list[str]:
    return [shown(one[:_LONGEST]) for one in names[:_MOST_LOOKED_AT]]


def first_repeated(names: Iterable[str]) -> str:
    """The first name that was there before; the empty text if there is none."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def quoted(value: object) -> str:
    """A value as `shown` has it, text in quotes."""
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def shown(value: object) -> str:
    """A value for a sentence: on one line and not too long."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = str(value)
    except ValueError:  # Python does not write out whole numbers beyond 4300 digits
        return "a number of thousands of digits"
    shortened = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return shortened if shortened.isprintable() else ascii(shortened)[1:-1]
