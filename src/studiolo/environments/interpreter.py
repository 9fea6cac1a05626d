"""The Python that environments are built for: the one that Studiolo itself runs on."""

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python installation, as far as installed packages depend on it."""

    #: The program outside of any virtual environment.
    executable: Path
    #: Major, minor and micro version.
    version: tuple[int, int, int]
    #: The folder of its standard library.
    base_prefix: Path
    #: Everything that makes two interpreters need environments of their own.
    identity: str


def running_interpreter() -> Interpreter:
    """The interpreter of this process, so that no other Python has to be installed."""
    info = sys.version_info
    facts = (
        sys.implementation.name,
        *map(str, info),
        sys.abiflags,
        sysconfig.get_platform(),
        # Tells glibc from musl, which the platform does not.
        str(getattr(sys.implementation, "_multiarch", "")),
        sys.base_prefix,
    )
    # Set by every CPython since 3.7.3 to the program that a virtual environment was made from.
    executable = getattr(sys, "_base_executable", None) or sys.executable
    return Interpreter(
        executable=Path(os.fspath(executable)),
        version=(info.major, info.minor, info.micro),
        base_prefix=Path(sys.base_prefix),
        identity="\n".join(facts),
    )
