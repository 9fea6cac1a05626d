"""A script that names its packages in a PEP 723 block gets them; needs the package index."""

from .command_line import CommandLine


def test_a_package_that_the_script_declares_is_there(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        # /// script
        # dependencies = ["humanize"]
        # ///
        import humanize, pandas as pd
        def azureml_main():
            return pd.DataFrame({"size": [humanize.naturalsize(1_000_000)]})
        """,
        *("--output", "-"),
    )
    assert (ended.code, ended.out) == (0, "size\n1.0 MB\n"), ended.err
    assert "succeeded in " in ended.err
