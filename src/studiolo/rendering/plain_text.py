"""Text of users and scripts, unable to steer the terminal that it is shown on."""

import unicodedata


def printable(text: str) -> str:
    """The text with a sign in place of each character that would move the cursor or colour it."""
    return "".join(c if c.isprintable() or _is_harmless(c) else _shown(c) for c in text)


def one_line(text: str) -> str:
    """The same on one line, with its ends of lines shown as signs."""
    return printable(text).replace("\n", "⏎").replace("\t", " ")


def from_difference(before: str, after: str, *, width: int) -> tuple[str, str]:
    """Two texts, from a little before their first difference on if it is not within the width."""
    shorter = min(len(before), len(after))
    alike = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    start = alike - width // 4
    if alike < width // 2 or max(len(before), len(after)) <= width:
        return before, after
    return f"…{before[start:]}", f"…{after[start:]}"


def _is_harmless(character: str) -> bool:
    """Whether it is white space, or joins letters and emoji as many languages need."""
    return character in "\n\t\u200c\u200d" or unicodedata.category(character) == "Zs"


def _shown(character: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if character != "\r" else "\n"
