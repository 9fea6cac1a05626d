"""Facts about the Python that runs this file: what environments that are built for it depend on.

It is executed by interpreters that Studiolo finds on the machine, so it needs nothing but them.
"""

import json
import os
import sys
import sysconfig


def facts() -> dict[str, str]:
    """The program outside of any virtual environment, its version, its folder, its identity."""
    info = sys.version_info
    identity = (
        sys.implementation.name,
        *map(str, info),
        sys.abiflags,
        sysconfig.get_platform(),
        # Tells glibc from musl, which the platform does not.
        str(getattr(sys.implementation, "_multiarch", "")),
        sys.base_prefix,
    )
    return {
        # Set by every CPython since 3.7.3 to the program that a virtual environment was made from.
        "executable": os.fspath(getattr(sys, "_base_executable", None) or sys.executable),
        "version": ".".join(map(str, info[:3])),
        "base_prefix": sys.base_prefix,
        "identity": "\n".join(identity),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(facts()))
