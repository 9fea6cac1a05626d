"""The usual libraries, loaded before the first request and arranged for many forks."""

import gc
import sys
from collections.abc import Callable, Sequence

import pyarrow as pa

from studiolo_guest import packages
from studiolo_guest.cheap_forks import memory_image, prefault, rehearsal
from studiolo_guest.contract import figures, nltk_data


def load(modules: Sequence[str], *, classic: bool = False) -> list[str]:
    """Import what every run needs, and ``modules``; those that can't be imported, and why.

    ``classic`` gives retired calls of the libraries their old meaning back.
    """
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    failed = packages.preload(modules)
    figures.install()
    nltk_data.install()
    if classic:
        from studiolo_guest.classic.install import install  # noqa: PLC0415  # imports old libraries

        install()
    return failed


def settle(*, many: bool, prepared: bool, rehearse: Callable[[], None] | None) -> prefault.HotPages:
    """Get this process ready for forks; the memory that each of them will use.

    Args:
        many: Whether there will be many, so that what is done once in a process is done here.
        prepared: Whether to arrange its memory so that they cost little.
        rehearse: Does in a fork what all of them will do; None if that is not known.
    """
    if many:
        rehearsal.rehearse(rehearsal.EVERYTHING)
        if "sklearn.linear_model" in sys.modules:
            rehearsal.rehearse(rehearsal.PREDICTION)
        gc.collect()
    # What is there now is left out of collections. Without this the first one in a fork touches,
    # and so copies, every object of the zygote: 122 ms instead of 13 with the usual libraries.
    gc.freeze()
    gc.enable()
    return _hot_pages(rehearse) if prepared else prefault.NOTHING


def _hot_pages(rehearse: Callable[[], None] | None) -> prefault.HotPages:
    least = rehearsal.Rehearsal(rehearsal.MINIMAL_SCRIPT)
    memory_image.move_into_file()
    # What every run uses is mapped again by that, and forks inherit the mapping.
    rehearsal.rehearse(rehearsal.MINIMAL_SCRIPT)
    hot = prefault.learn(rehearse or least.serve)
    least.end()
    return hot
