"""`studiolo upgrade` of a script with a thousand lines, as the command line does it."""

import argparse
import ast
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from studiolo.upgrade.script import upgraded

#: A function as scripts of 2015 have it: 20 lines, a third of which have to be rewritten.
_FUNCTION = '''\
def step_{number}(frame, other):
    """Summarise a frame, as in 2015."""
    columns = ["age", "height", "weight", "group"]
    print "step", {number}, len(frame) / 2
    # Who is old comes first.
    frame = frame[columns].dropna()
    frame = frame.sort("age", ascending=False)
    frame["ratio"] = frame["height"] / frame["weight"]
    frame["tall"] = np.where(frame["height"] > 180, 1, 0)
    frame.ix[frame["age"] > 40, "group"] = "over 40"
    limits = {{"low": 0.05, "high": 0.95}}
    for key, value in limits.iteritems():
        bound = frame["ratio"].quantile(value)
        frame = frame[frame["ratio"] < bound + {number}]
    means = frame.groupby("group").mean()
    moving = pd.rolling_mean(frame["age"], 3)
    if len(means) > 1 and moving.max() > 90:
        raise ValueError("too old: %s" % moving.max())
    both = frame.append(other)
    return both, means, moving

'''


def main() -> None:
    """Measure it and print it."""
    parser = argparse.ArgumentParser(description="Upgrading a script.")
    parser.add_argument("--lines", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    source = _source(options.lines)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "old.py"
        path.write_text(source, encoding="utf-8")
        whole = min(_seconds_of_command(path) for _ in range(options.rounds))
        nothing = min(_seconds_of_command(None) for _ in range(options.rounds))
    ast.parse(upgraded(source, name="old.py").source)
    print(f"{len(source.splitlines()):,} lines; processor time; target: 1 s")
    print(f"studiolo upgrade old.py       {whole:6.2f} s")
    print(f"of it, the start of a command {nothing:6.2f} s")


def _source(lines: int) -> str:
    functions = [_FUNCTION.format(number=k) for k in range(lines // 21)]
    return "import numpy as np\nimport pandas as pd\n\n" + "".join(functions)


def _seconds_of_command(path: Path | None) -> float:
    """The processor time of a whole command: of `upgrade`, or of one that does nothing."""
    command = [
        sys.executable,
        "-m",
        "studiolo",
        *(["--version"] if path is None else ["upgrade", path]),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
