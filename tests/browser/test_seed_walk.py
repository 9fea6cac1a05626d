"""The whole way of the seed documentation, from an empty workspace to a service that answers.

By mouse, and again by the keyboard alone. Pictures of its steps are kept in `out/pictures`.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import NewPage
from tests.browser.hands import Hands, Keys, Mouse
from tests.server_process import server_process

from studiolo.workspace.folder.sample import new_workspace

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
BUILT = ROOT / "src" / "studiolo" / "_ui" / "index.html"
pytestmark = pytest.mark.skipif(not BUILT.exists(), reason='"make frontend" builds the page')

MODULE = """
def print_hello(name):
    print(f"Hello, {name}!")
"""
HELLO = """
from hello import print_hello


def azureml_main(dataframe1=None, dataframe2=None):
    print_hello("World")
    return (dataframe1,)
"""
RANK = """
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier


def azureml_main(dataframe1=None, dataframe2=None):
    label = dataframe1.columns[-1]
    features = dataframe1.drop(columns=label)
    forest = ExtraTreesClassifier(50, random_state=0).fit(features, dataframe1[label])
    ranking = features.columns[np.argsort(-forest.feature_importances_)]
    return (dataframe1[[*ranking, label]],)
"""


@dataclass(frozen=True, kw_only=True)
class Empty:
    """A server of a workspace that has nothing in it."""

    url: str
    #: The link that signs a browser in.
    link: str
    #: Files that are to be uploaded.
    files: Path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Empty]:
    workspace = new_workspace(tmp_path / "workspace", samples=False)
    with zipfile.ZipFile(tmp_path / "Hello.zip", "w") as bundle:
        bundle.writestr("hello.py", MODULE)
    with server_process(workspace) as server:
        line = server.next_line
        while "/signin" not in line:
            line = server.next_line
        yield Empty(url=server.url, link=line.split()[-1], files=tmp_path)


@pytest.mark.parametrize("hands", [Mouse, Keys])
def test_the_walk_of_the_seed_documentation(
    empty: Empty, new_page: NewPage, hands: type[Hands]
) -> None:
    page = new_page(width=1440)
    page.goto(empty.link)
    walker = hands(page, empty.url)
    # Also where the page is higher than the window.
    page.set_viewport_size({"width": 1280, "height": 600})
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_in_viewport()
    page.set_viewport_size({"width": 1440, "height": 900})
    walker.picture("1-empty")
    _call_a_function_of_a_bundle(page, walker, empty.files / "Hello.zip")
    _draw_a_scatter_matrix(page, walker)
    _train_on_the_best_features(page, walker)
    _call_the_expression_service(page, walker)


def _call_a_function_of_a_bundle(page: Page, walker: Hands, bundle: Path) -> None:
    walker.upload(bundle)
    walker.make_experiment("hello")
    walker.add("Hello.zip")
    walker.add("Execute Python Script")
    walker.connect("hello", "script", "Script Bundle")
    walker.write_script("script", HELLO)
    walker.finish_run()
    walker.picture("2-hello")
    walker.open_properties("script")
    walker.press(walker.button("Python device"))
    expect(page.get_by_label("Console")).to_have_text("Hello, World!\n")
    walker.picture("3-device")


def _draw_a_scatter_matrix(page: Page, walker: Hands) -> None:
    walker.upload(EXAMPLES / "datasets" / "pima-indians-diabetes.csv")
    walker.make_experiment("scatter")
    walker.add("pima-indians-diabetes.csv")
    walker.add("Execute Python Script")
    walker.connect("pima", "script", "Dataset1")
    sample = EXAMPLES / "experiments" / "scatter-matrix" / "scatter_matrix.py"
    walker.write_script("script", sample.read_text())
    walker.finish_run()
    walker.open_properties("script")
    walker.press(walker.button("Python device"))
    picture = page.get_by_role("figure", name="scatter-matrix.png").get_by_role("img")
    expect(picture).to_be_visible()
    page.wait_for_function("element => element.naturalWidth > 500", arg=picture.element_handle())
    walker.picture("4-scatter-matrix")


def _train_on_the_best_features(page: Page, walker: Hands) -> None:
    walker.make_experiment("rank")
    for module in (
        "pima-indians-diabetes.csv",
        "Execute Python Script",
        "Select Columns in Dataset",
        "Two-Class Logistic Regression",
        "Train Model",
        "Score Model",
    ):
        walker.add(module)
    walker.connect("pima", "script", "Dataset1")
    walker.connect("script", "select", "Dataset")
    walker.connect("two", "train", "Untrained model")
    walker.connect("select", "train", "Dataset")
    walker.connect("train", "score", "Trained model")
    walker.connect("select", "score", "Dataset")
    walker.write_script("script", RANK)
    walker.open_properties("select")
    walker.press(walker.button("Add a rule"))
    walker.choose(page.get_by_role("combobox", name="names"), "positions")
    # The three best features, and the label.
    walker.set("select", "Positions from 1, such as 1-3, 5.", "1-3, 9")
    walker.set("train", "Label column", "Class variable (0 or 1)")
    walker.press(walker.button("Tidy"))
    expect(page.locator(".saved")).to_have_text("Saved")
    walker.finish_run()
    # The README begins with this picture of the mouse's walk.
    walker.picture("5-rank")
    walker.open_properties("score")
    walker.press(walker.button("Visualize: Scored dataset"))
    expect(page.get_by_role("columnheader", name="Scored Probabilities")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Plasma glucose")).to_be_visible()
    walker.picture("6-scored")


def _call_the_expression_service(page: Page, walker: Hands) -> None:
    walker.upload(EXAMPLES / "datasets" / "expressions.csv")
    walker.make_experiment("evaluate")
    walker.add("expressions.csv")
    walker.add("Web Service Input")
    walker.add("Execute Python Script")
    walker.add("Web Service Output")
    walker.connect("expressions", "web", "Dataset")
    walker.connect("web", "script", "Dataset1")
    walker.connect("script", "web2", "Dataset")
    sample = EXAMPLES / "experiments" / "evaluate-expressions" / "evaluate_expression.py"
    walker.write_script("script", sample.read_text())
    walker.finish_run()
    walker.press(walker.button("Publish as a web service…"))
    walker.press(walker.button("Publish"))
    tested = page.get_by_role("link", name="Test form")
    expect(tested).to_be_visible(timeout=90_000)
    walker.picture("7-published")
    walker.press(tested)
    walker.fill(page.get_by_role("textbox", name="expression"), "6 * 7")
    walker.press(walker.button("Send"))
    expect(page.locator(".answer")).to_contain_text("42", timeout=60_000)
    walker.picture("8-service")
