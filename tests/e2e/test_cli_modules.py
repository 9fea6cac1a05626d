"""`studiolo modules`: a list, and one module with a node that can be copied."""

import pytest

from studiolo.experiments.file import read_experiment
from studiolo.modules.catalogue import Catalogue

from .command_line import CommandLine
from .workspace_folder import WorkspaceFolder


def test_the_list_has_every_module_and_those_of_the_workspace(studiolo: CommandLine) -> None:
    assert "split-data" in studiolo("modules").out
    folder = WorkspaceFolder(studiolo.folder)
    folder.write(
        "modules/my_own.py", '"""Does mine."""\ndef azureml_main(frame):\n    return frame\n'
    )
    folder.write("modules/broken.py", "def azureml_main(:\n")
    ended = folder("modules")
    assert ended.code == 0
    listed = ended.out.split()
    assert {*(str(module.id) for module in Catalogue().definitions), "my-own"} <= set(listed)
    assert "Does mine." in ended.out
    assert "broken.py" in ended.err


def test_one_module_has_its_ports_parameters_and_a_node(studiolo: CommandLine) -> None:
    ended = studiolo("modules", "split-data")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Split Data (split-data)\n")
    for part in ("results_dataset1", "random_seed", "default: 0.5", "module: split-data"):
        assert part in ended.out


@pytest.mark.parametrize("module", [str(module.id) for module in Catalogue().definitions])
def test_the_node_that_is_shown_is_one(
    module: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from studiolo.cli.commands.modules import node_text

    folder = tmp_path_factory.mktemp("experiment")
    definition = next(each for each in Catalogue().definitions if each.id == module)
    text = "studiolo: 1\nname: Shown\n" + node_text(definition)
    (folder / "experiment.yaml").write_text(text, encoding="utf-8")
    (node,) = read_experiment(folder).nodes.values()
    assert node.module == module
    assert {str(name) for name in node.inputs} <= {str(port.name) for port in definition.inputs}


def test_a_slip_is_answered_with_the_name_that_is_meant(studiolo: CommandLine) -> None:
    ended = studiolo("modules", "split-dta")
    assert ended.code == 2
    assert 'Did you mean "split-data"?' in ended.err
