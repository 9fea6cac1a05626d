"""The least memory that a script can be given."""

from studiolo.quantities import parse_size

#: Below this no interpreter starts.
_LEAST = 64 << 20


def parse_memory(text: str | float) -> int:
    """Bytes of memory for a script, as people write them: `512MiB`, `4g`.

    Raises:
        ValueError: It is not a size, or too little; its message is a sentence for the user.
    """
    size = parse_size(text)
    if size < _LEAST:
        raise ValueError(f'"{text}" is too little: a script needs at least 64MiB.')
    return size
