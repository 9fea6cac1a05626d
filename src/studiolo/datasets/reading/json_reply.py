"""JSON that a hostile process may have written."""

import json
import re

#: Lists and objects, and values, of a reply. Each takes many times as much memory as its text; an
#: honest reply has a list of four values, or an entry, for each column that it names.
_MOST_LISTS, _MOST_VALUES = 300_000, 1_500_000
#: Up to the next mark outside of a text. It never fails, so that each byte is looked at once.
_TO_MARK = re.compile(rb'(?:[^"\[{,]++|"(?:[^"\\]|\\.)*+"?)*+([\[{,]|\Z)', re.DOTALL)


def read_reply(content: bytes) -> object:
    """The content of the reply.

    Raises:
        ValueError: It is not JSON, or has more values than any honest reply; the message says
            which.
    """
    _check_size(content)
    try:
        said: object = json.loads(content)
    except RecursionError as error:
        raise ValueError(str(error)) from error
    return said


def _check_size(content: bytes) -> None:
    if content.count(b"[") + content.count(b"{") + content.count(b",") <= _MOST_LISTS:
        return
    lists = values = 0
    for found in _TO_MARK.finditer(content):
        if found[1] == b",":
            values += 1
        else:
            lists += 1
        if lists > _MOST_LISTS or values > _MOST_VALUES:
            raise ValueError("it has more values than a reply needs")
