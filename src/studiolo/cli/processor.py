"""Facts about processors that libraries do not take into account yet."""

import os
import re
import sys
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
#: Its lines about the first processor.
_ENOUGH = 8192
_ZEN = "25"


def sort_without_avx512() -> None:
    """Have NumPy, which must not be loaded yet, sort with AVX2 on AMD's Zen 4.

    With AVX-512, its own choice, a million floats take 52 ms there instead of 9
    (numpy/x86-simd-sort issue 6, numpy/numpy pull request 32690). A profile is mostly sorting.
    """
    if "numpy" not in sys.modules and _is_zen_4(_first_processor()):
        os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL")


def _first_processor() -> str:
    try:
        with _CPUINFO.open(encoding="utf-8", errors="replace") as file:
            return file.read(_ENOUGH)
    except OSError:
        return ""


def _is_zen_4(described: str) -> bool:
    # Zen 3 has the same family, and no AVX-512.
    family = re.search(r"^cpu family\s*: (\d+)$", described, re.MULTILINE)
    return (
        "AuthenticAMD" in described
        and family is not None
        and family[1] == _ZEN
        and " avx512f " in described
    )
