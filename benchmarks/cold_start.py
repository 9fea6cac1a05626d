"""`studiolo run` from nothing, beside plain Python that reads, calls and writes the same."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.turns import print_noise, print_turns, take_turns
from studiolo.environments.building.build import default_environment

_DATA = Path(__file__).parents[1] / "examples" / "datasets" / "pima-indians-diabetes.csv"
_SMALL = """
import pandas as pd

def azureml_main(dataframe1=None, dataframe2=None):
    return dataframe1.describe().reset_index(),
"""
_LEARNING = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

def azureml_main(dataframe1=None, dataframe2=None):
    features, label = dataframe1.iloc[:, :-1], dataframe1.iloc[:, -1]
    forest = RandomForestClassifier(n_estimators=50, random_state=0).fit(features, label)
    return pd.DataFrame({"feature": features.columns, "importance": forest.feature_importances_}),
"""
_PLAIN = """
{script}
result = azureml_main(pd.read_csv({data!r}))
result[0].to_csv("plain.csv", index=False)
"""


def main() -> None:
    """Run the comparison and print it."""
    python = default_environment().python
    print_noise()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for title, script in (("describe()", _SMALL), ("a random forest", _LEARNING)):
            (folder / "script.py").write_text(script)
            (folder / "plain.py").write_text(_PLAIN.format(script=script, data=str(_DATA)))
            ours = [sys.executable, "-m", "studiolo", "run", "script.py"]
            ours += ["--dataset1", str(_DATA), "--output", "ours.csv"]
            candidates = {
                "studiolo": partial(_call, ours, folder),
                "python plain.py": partial(_call, [str(python), "plain.py"], folder),
            }
            print(title)
            print_turns(take_turns(candidates, 9))


def _call(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main()
