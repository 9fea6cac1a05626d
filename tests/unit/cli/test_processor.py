import os
import subprocess
import sys
from pathlib import Path

import pytest

from studiolo.cli import processor

_ZEN_4 = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
flags\t\t: fpu avx2 avx512f avx512dq
"""
_SETTING = "NPY_DISABLE_CPU_FEATURES"


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    monkeypatch.delenv(_SETTING, raising=False)
    return tmp_path / "cpuinfo"


@pytest.mark.parametrize(
    ("text", "concerned"),
    [
        (_ZEN_4, True),
        (_ZEN_4.replace("25", "26"), False),
        (_ZEN_4.replace("avx512f", "avx"), False),
        (_ZEN_4.replace("AuthenticAMD", "GenuineIntel"), False),
        (None, False),
    ],
)
def test_only_zen_4_is_concerned(
    described: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, concerned: bool
) -> None:
    if text is not None:
        described.write_text(text)
    processor.sort_without_avx512()
    assert (_SETTING in os.environ) == concerned
    monkeypatch.delenv(_SETTING, raising=False)


def test_what_the_user_has_set_stays(described: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described.write_text(_ZEN_4)
    monkeypatch.setenv(_SETTING, "AVX2")
    processor.sort_without_avx512()
    assert os.environ[_SETTING] == "AVX2"


def test_numpy_takes_the_setting() -> None:
    """NumPy warns of features that it does not know; where it has them, it goes without."""
    script = (
        "import os; os.environ['NPY_DISABLE_CPU_FEATURES'] = 'X86_V4 AVX512_ICL'\n"
        "import numpy as np\n"
        "from numpy._core._multiarray_umath import __cpu_features__\n"
        "print(__cpu_features__.get('X86_V4', False), np.sort([3, 1, 2]).tolist())\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "not part of the dispatched" in done.stderr:
        pytest.skip("this NumPy is built for another processor")
    assert (done.stdout, done.stderr) == ("False [1, 2, 3]\n", "")
