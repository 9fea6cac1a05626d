"""The pictures of the Python device, whichever way a script makes them."""

from collections.abc import Callable

import pytest

from studiolo.sandbox.exchange.job import Outcome

Run = Callable[..., Outcome]
PLOT = "import matplotlib\n{first}\nimport matplotlib.pyplot as plt\ndef azureml_main():\n"


def drawing(*lines: str, first: str = "matplotlib.use('agg')") -> str:
    return PLOT.format(first=first) + "".join(f"    {line}\n" for line in lines)


def names(outcome: Outcome) -> list[str]:
    assert outcome.failure is None, outcome.failure
    return [image.name for image in outcome.device.images]


def test_saved_pictures_come_in_the_order_they_were_made(run_in_each: Run) -> None:
    lines = [f"plt.figure(); plt.plot([1, 2]); plt.savefig('{name}.png')" for name in "zam"]
    outcome = run_in_each(drawing(*lines))
    assert names(outcome) == ["z.png", "a.png", "m.png"]
    assert {image.media_type for image in outcome.device.images} == {"image/png"}
    assert all(image.content.startswith(b"\x89PNG") for image in outcome.device.images)


def test_figures_left_open_are_saved(run_in_each: Run) -> None:
    outcome = run_in_each(drawing("plt.plot([1, 2])", "plt.figure(); plt.plot([2, 1])"))
    assert names(outcome) == ["figure-1.png", "figure-2.png"]


def test_show_saves_and_begins_afresh(run_in_each: Run) -> None:
    outcome = run_in_each(drawing("plt.plot([1, 2]); plt.show()", "plt.plot([2, 1]); plt.show()"))
    assert names(outcome) == ["figure-1.png", "figure-2.png"]
    first, second = outcome.device.images
    assert first.content != second.content


@pytest.mark.parametrize("ending", ["", "plt.show()", "plt.gcf().show()"])
def test_a_saved_figure_is_not_shown_twice(run: Run, ending: str) -> None:
    assert names(run(drawing("plt.plot([1])", "plt.savefig('mine.png')", ending))) == ["mine.png"]


def test_a_figure_written_to_memory_only_is_still_shown(run: Run) -> None:
    lines = ["import io", "plt.plot([1])", "plt.savefig(io.BytesIO())"]
    assert names(run(drawing(*lines))) == ["figure-1.png"]


@pytest.mark.parametrize(
    "first",
    [
        "matplotlib.use('TkAgg')",
        "matplotlib.use('agg', warn=False, force=True)",
        "matplotlib.rcParams['backend'] = 'TkAgg'",
        "import os; os.environ['MPLBACKEND'] = 'Qt5Agg'",
        "import matplotlib.pyplot; matplotlib.pyplot.switch_backend('TkAgg')",
        "import matplotlib.pyplot; matplotlib.pyplot.ion()",
    ],
)
def test_any_backend_may_be_asked_for(run_in_each: Run, first: str) -> None:
    outcome = run_in_each(drawing("plt.plot([1])", "plt.show()", first=first))
    assert names(outcome) == ["figure-1.png"]
    assert outcome.device.console == ""


def test_pylab_and_pandas_draw_as_well(run_in_each: Run) -> None:
    source = """
        from pylab import *
        import pandas as pd
        def azureml_main():
            plot([1, 2])
            show()
            pd.DataFrame({"a": [1, 2]}).plot()
    """
    assert names(run_in_each(source)) == ["figure-1.png", "figure-2.png"]


def test_jpeg_and_svg_count_too_in_folders_too(run: Run) -> None:
    lines = ["import os; os.mkdir('out')", "plt.plot([1])", "plt.savefig('out/a b.svg')"]
    outcome = run(drawing(*lines, "plt.savefig('b.jpg')", "plt.savefig('c.pdf')"))
    assert [(image.name, image.media_type) for image in outcome.device.images] == [
        ("out/a b.svg", "image/svg+xml"),
        ("b.jpg", "image/jpeg"),
    ]


def test_what_only_calls_itself_a_picture_is_left_out_and_the_log_says_so(run: Run) -> None:
    outcome = run("def azureml_main():\n    open('fake.png', 'w').write('no picture')")
    assert names(outcome) == []
    assert any("'fake.png' is left out" in line for line in outcome.log)


def test_a_script_keeps_its_own_file_of_the_name(run: Run) -> None:
    outcome = run(drawing("plt.plot([1])", "plt.savefig('figure-2.png')", "plt.figure(2)"))
    assert names(outcome) == ["figure-2.png", "figure-3.png"]


def test_a_script_that_went_elsewhere_still_has_its_open_figures_shown(run: Run) -> None:
    lines = ["import os; os.mkdir('sub'); os.chdir('sub'); os.rmdir('../sub')", "plt.plot([1])"]
    assert names(run(drawing(*lines))) == ["figure-1.png"]


def test_an_open_figure_that_cannot_be_drawn_does_not_cost_the_result(run: Run) -> None:
    lines = [r"plt.title(r'$\badcommand$')", "plt.figure(); plt.plot([1])", "return {'n': 1}"]
    outcome = run(drawing(*lines))
    assert names(outcome) == ["figure-2.png"]
    assert outcome.tables["results_dataset"].to_pydict() == {"n": [1]}
    assert any("Figure 1, which the script left open, can't be drawn" in x for x in outcome.log)


def test_the_figures_of_a_script_that_fails_are_kept(run: Run) -> None:
    outcome = run(drawing("plt.plot([1])", "raise ValueError('x')"))
    assert outcome.failure is not None
    assert [image.name for image in outcome.device.images] == ["figure-1.png"]


def test_letters_that_no_font_has_are_said_once(run_in_each: Run) -> None:
    # A sign of the private use area: no font of any machine has it.
    lines = [
        "plt.title('\\ue123\\ue124'); plt.xlabel('\\ue123')",
        "plt.figure().suptitle('\\ue123')",
    ]
    outcome = run_in_each(drawing(*lines))
    assert names(outcome) == ["figure-1.png", "figure-2.png"]
    assert outcome.device.console == ""
    (note,) = [line for line in outcome.log if "letters" in line]
    assert note.startswith("No font of this machine has the letters \ue123\ue124: ")


def test_a_font_that_is_not_there_is_said_once(run_in_each: Run) -> None:
    lines = ["plt.rc('font', family='No Such Gothic')", "plt.title('a'); plt.xlabel('b')"]
    outcome = run_in_each(drawing(*lines))
    assert outcome.device.console == ""
    (note,) = [line for line in outcome.log if "font" in line]
    assert "No Such Gothic" in note


#: Makes a font that has one Korean letter, as a machine would have it.
FONT = """
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
def azureml_main():
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0)); pen.lineTo((500, 0)); pen.lineTo((500, 500)); pen.closePath()
    glyphs = {"han": pen.glyph(), ".notdef": TTGlyphPen(None).glyph()}
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "han"])
    font.setupCharacterMap({0xD55C: "han"})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics({name: (600, 0) for name in glyphs})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "NanumGothic", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save("nanum.ttf")
    import matplotlib.font_manager
    matplotlib.font_manager.fontManager.addfont("nanum.ttf")
    import matplotlib.pyplot as plt
    plt.title("한 and Latin")
"""


def test_letters_come_from_a_font_that_has_them(run_in_each: Run) -> None:
    outcome = run_in_each(FONT)
    assert names(outcome) == ["figure-1.png"]
    assert outcome.device.console == ""
    assert [line for line in outcome.log if "font" in line] == []
