"""The Python device as a folder."""

import re
from pathlib import Path

import pytest

from .command_line import CommandLine
from .test_cli_outputs import unwritable

DRAWS = """
    import os
    import matplotlib.pyplot as plt
    import pandas as pd
    def azureml_main():
        print("<b>5 > 4</b> &amp; \\u00e9")
        plt.plot([1, 2]); plt.savefig("first one.png")
        plt.bar([1], [2]); plt.savefig("second.svg")
        os.mkdir("plots"); plt.savefig("plots/third.jpg")
        return pd.DataFrame({"a": [1]})
    """


def test_the_folder_has_the_console_the_images_and_a_page_with_both(studiolo: CommandLine) -> None:
    ended = studiolo.run(DRAWS, "--device", "deep/device")
    assert ended.code == 0, ended.err
    folder = studiolo.folder / "deep" / "device"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {
        "console.txt",
        "index.html",
        "first one.png",
        "second.svg",
        "plots/third.jpg",
    }
    assert (folder / "console.txt").read_text() == "<b>5 > 4</b> &amp; \u00e9\n"
    assert (folder / "first one.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "plots/third.jpg").read_bytes().startswith(b"\xff\xd8")
    assert "3 images and the console: deep/device/index.html" in ended.out
    page = (folder / "index.html").read_text()
    assert "&lt;b&gt;5 &gt; 4&lt;/b&gt; &amp;amp; \u00e9" in page
    names = re.findall(r"<figcaption>(.*?)</figcaption>", page)
    assert names == ["first one.png", "second.svg", "plots/third.jpg"]
    assert re.findall(r'src="data:([a-z/+]+);base64,', page) == [
        "image/png",
        "image/svg+xml",
        "image/jpeg",
    ]
    assert "Succeeded in " in page


def test_folders_with_the_names_of_our_files_are_in_nobodys_way(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import os
        import matplotlib.image, numpy
        import pandas as pd
        def azureml_main():
            for folder in ("index.html", "console.txt", "_index.html"):
                os.mkdir(folder)
                matplotlib.image.imsave(f"{folder}/a.png", numpy.zeros((2, 2, 3)))
            print("said")
            return pd.DataFrame({"a": [1]})
        """,
        *("--device", "device"),
    )
    assert ended.code == 0, ended.err
    folder = studiolo.folder / "device"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {
        *("console.txt", "index.html"),
        *("_console.txt/a.png", "_index.html/a.png", "__index.html/a.png"),
    }


def test_without_the_folder_the_images_are_named(studiolo: CommandLine) -> None:
    ended = studiolo.run(DRAWS)
    assert "Drawn: first one.png, second.svg, plots/third.jpg. Add --device DIR" in ended.out


def test_a_failed_run_leaves_its_device_too(studiolo: CommandLine) -> None:
    ended = studiolo.run(
        """
        import matplotlib.pyplot as plt
        def azureml_main():
            print("so far")
            plt.plot([1, 2]); plt.savefig("so far.png")
            raise ValueError("<script>alert(1)</script> \\ud800")
        """,
        *("--device", "device"),
    )
    assert ended.code == 1
    assert "1 image and the console: device/index.html" in ended.err
    page = studiolo.read("device/index.html")
    assert "so far.png" in page
    assert "Failed in " in page
    assert "<script>" not in page
    assert "ValueError: &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert studiolo.read("device/console.txt") == "so far\n"


def test_what_else_is_in_the_folder_stays(studiolo: CommandLine) -> None:
    (studiolo.folder / "device").mkdir()
    studiolo.file("device/mine.txt", "mine")
    assert studiolo.run(DRAWS, "--device", "device").code == 0
    assert studiolo.read("device/mine.txt") == "mine"


@pytest.mark.parametrize("place", ["file", "below a file", "unwritable"])
def test_a_folder_that_cannot_be_written_is_refused_and_costs_no_result(
    studiolo: CommandLine, tmp_path: Path, place: str
) -> None:
    studiolo.file("file", "mine")
    device = {
        "file": "file",
        "below a file": "file/device",
        "unwritable": str(unwritable(tmp_path) / "device"),
    }[place]
    ended = studiolo.run(DRAWS, "--device", device, "--output", "-")
    assert ended.code == 2
    assert "error[device-folder-unwritable]: " in ended.err
    assert f'"{device}"' in ended.err
    assert "--device" in ended.err
    assert studiolo.read("file") == "mine"
    assert ended.out in ("", "a\n1\n"), "refused beforehand, or the results are there"
