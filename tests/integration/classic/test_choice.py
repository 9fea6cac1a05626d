"""The environment that `auto` chooses for a script and for a node, which the log explains."""

from pathlib import Path

import pytest

from studiolo.environments.environment import Environment
from studiolo.modules.script import Script
from studiolo.workspace.sandboxes.script_runs import run_script
from studiolo.workspace.workspace import Workspace

OLD = "def azureml_main(frame=None):\n    import pandas\n    print pandas.__version__[0]\n"
NEW = OLD.replace("print pandas.__version__[0]", "print(pandas.__version__[0])")


@pytest.mark.usefixtures("classic_environment", "default_environment")
def test_each_script_and_node_gets_the_libraries_that_fit(tmp_path: Path) -> None:
    alone = run_script(Script(source=OLD, name="old.py"), environment="auto")
    assert (alone.environment, alone.device.console) == ("classic", "1\n")
    assert alone.log[0].startswith(
        "environment auto: classic, because the script is written for Python 2 ("
    )
    folder = tmp_path / "experiments" / "both"
    folder.mkdir(parents=True)
    (tmp_path / "studiolo.toml").touch()
    (folder / "old.py").write_text(OLD)
    (folder / "new.py").write_text(NEW)
    (folder / "experiment.yaml").write_text(
        "studiolo: 1\nname: both\nenvironment: auto\nnodes:\n"
        "  old: {module: execute-python-script, script: old.py}\n"
        "  new: {module: execute-python-script, script: new.py}\n"
        "  named: {module: execute-python-script, script: new.py, environment: classic}\n"
    )
    with Workspace(tmp_path) as workspace:
        result = workspace.run(workspace.experiment("both"))
        consoles = {name: result[name].record.console for name in ("old", "new", "named")}
    assert consoles == {"old": "1\n", "new": "3\n", "named": "1\n"}


def test_there_is_one_classic_environment(classic_environment: Environment) -> None:
    assert classic_environment.classic
    assert classic_environment.locked
