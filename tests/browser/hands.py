"""The two ways to work in the studio: with the mouse, and with the keyboard alone."""

from abc import ABC, abstractmethod
from pathlib import Path

from playwright.sync_api import Locator, Page, Position, expect

#: Where pictures of the pages are kept.
PICTURES = Path(__file__).parents[2] / "out" / "pictures"
#: Steps of Tab after which something on the page counts as out of reach of the keyboard.
_MOST_TABS = 120


class Hands(ABC):
    """What a person does in the studio, on one page of a browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    @abstractmethod
    def press(self, button: Locator) -> None:
        """Press a button, or follow a link."""

    @abstractmethod
    def fill(self, field: Locator, text: str) -> None:
        """Write a text into a field, in the place of what is there."""

    @abstractmethod
    def choose(self, field: Locator, choice: str) -> None:
        """Choose one of a few values."""

    @abstractmethod
    def add(self, name: str) -> None:
        """Add a module or dataset to the canvas, connected to nothing."""

    @abstractmethod
    def select(self, node: str) -> None:
        """Select a node, so that its properties are shown."""

    @abstractmethod
    def open_properties(self, node: str) -> None:
        """Select a node, and go to its properties."""

    @abstractmethod
    def connect(self, source: str, target: str, port: str) -> None:
        """Draw a wire from the first output of a node to an input, by its label."""

    @abstractmethod
    def open_script(self, node: str) -> None:
        """Open the script of a node in the editor."""

    @abstractmethod
    def run(self) -> None:
        """Run the experiment that is on the canvas."""

    def node(self, name: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{name}"]')

    def button(self, name: str) -> Locator:
        # A field for files is a button, too, and hidden behind the one that people see.
        named = self.page.get_by_role("button", name=name, exact=True)
        return named.and_(self.page.locator("button"))

    def go(self, name: str) -> None:
        """Go to a page of the rail."""
        self.press(self.page.locator(".rail").get_by_role("link", name=name, exact=True))

    def make_experiment(self, name: str) -> None:
        self.go("Experiments")
        self.press(self.button("New experiment").last)
        self.fill(self.page.get_by_label("Name of its folder"), name)
        self.press(self.button("Create experiment"))
        expect(self.page.locator(".saved")).to_have_text("Saved")

    def upload(self, file: Path) -> None:
        self.go("Datasets")
        with self.page.expect_file_chooser() as chooser:
            self.press(self.button("Upload a dataset"))
        chooser.value.set_files(file)
        self.press(self.button("Store dataset"))
        expect(self.page.get_by_role("link", name=file.name)).to_be_visible()

    def write_script(self, node: str, script: str) -> None:
        self.open_script(node)
        editor = self.page.locator(".editor .cm-content")
        expect(editor).to_be_focused()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(script)
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".scriptpane .saved")).to_have_text("Saved")
        # Tab indents here. Esc closes a list of completions, and gives Tab back to the page.
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        self.press(self.page.get_by_role("link", name="Back to the canvas"))
        expect(self.node(node)).to_be_visible()

    def picture(self, name: str) -> None:
        """Keep a picture of the page among the pictures of the tests, to be looked at."""
        # Playwright would hide the caret by a style of its own, which the page's policy forbids.
        self.page.screenshot(
            path=PICTURES / f"{type(self).__name__.lower()}-{name}.png", caret="initial"
        )

    def finish_run(self) -> None:
        self.run()
        expect(self.page.locator(".strip")).to_contain_text("Finished", timeout=90_000)

    def set(self, node: str, field: str, text: str) -> None:
        self.open_properties(node)
        self.fill(self.page.get_by_role("textbox", name=field, exact=True), text)
        self.page.keyboard.press("Tab")
        expect(self.page.locator(".saved")).to_have_text("Saved")


class Mouse(Hands):
    """Points, clicks and drags; the keyboard only to write texts."""

    def press(self, button: Locator) -> None:
        button.click()

    def fill(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)

    def choose(self, field: Locator, choice: str) -> None:
        field.select_option(label=choice)

    def add(self, name: str) -> None:
        number = self.page.locator(".react-flow__node").count()
        place: Position = {"x": 130 + 240 * (number % 3), "y": 130 + 130 * (number // 3)}
        row = self.page.locator(".palette .mod").filter(has_text=name).first
        row.drag_to(self.page.locator(".react-flow"), target_position=place)
        expect(self.page.locator(".react-flow__node")).to_have_count(number + 1)

    def select(self, node: str) -> None:
        self.node(node).locator(".head").click()

    def open_properties(self, node: str) -> None:
        self.select(node)

    def connect(self, source: str, target: str, port: str) -> None:
        # A node grows and shrinks with what is wrong with it.
        expect(self.page.locator(".saved")).to_have_text("Saved")
        begin = self.node(source).locator(".react-flow__handle-bottom").first.bounding_box()
        end = (
            self.node(target).locator(f'.react-flow__handle-top[title^="{port}: "]').bounding_box()
        )
        assert begin is not None
        assert end is not None
        before = self.page.locator(".react-flow__edge").count()
        self.page.mouse.move(begin["x"] + 12, begin["y"] + 12)
        self.page.mouse.down()
        self.page.mouse.move(end["x"] + 30, end["y"] + 30, steps=4)
        self.page.mouse.move(end["x"] + 12, end["y"] + 12, steps=4)
        self.page.mouse.up()
        expect(self.page.locator(".react-flow__edge")).to_have_count(before + 1)

    def open_script(self, node: str) -> None:
        self.node(node).locator(".head").dblclick()

    def run(self) -> None:
        self.page.locator(".topbar").get_by_role("button", name="Run", exact=True).click()


class Keys(Hands):
    """Presses keys, and never touches the mouse."""

    def _reach(self, target: Locator) -> None:
        """Move the focus there with Tab, or with Shift Tab if it is further up."""
        expect(target).to_be_visible()
        above = target.evaluate(
            "element => Boolean(element.compareDocumentPosition(document.activeElement)"
            " & Node.DOCUMENT_POSITION_FOLLOWING)"
        )
        for _ in range(_MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Shift+Tab" if above else "Tab")
        raise AssertionError(f"{target} is out of reach of Tab")

    def press(self, button: Locator) -> None:
        self._reach(button)
        self.page.keyboard.press("Enter")

    def fill(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def choose(self, field: Locator, choice: str) -> None:
        self._reach(field)
        self.page.keyboard.type(choice)
        expect(field.locator("option:checked")).to_have_text(choice)

    def add(self, name: str) -> None:
        number = self.page.locator(".react-flow__node").count()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("a")
        expect(self.page.get_by_role("combobox")).to_be_focused()
        self.page.keyboard.type(name)
        expect(self.page.get_by_role("option", name=name)).to_have_attribute(
            "aria-selected", "true"
        )
        self.page.keyboard.press("Shift+Enter")
        expect(self.page.locator(".react-flow__node")).to_have_count(number + 1)

    def select(self, node: str) -> None:
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+f")
        self.page.keyboard.type(node)
        self.page.keyboard.press("Enter")
        expect(self.node(node)).to_be_focused()

    def open_properties(self, node: str) -> None:
        self.select(node)
        self.page.keyboard.press("F6")
        expect(self.page.get_by_label("Properties").locator(":focus")).to_be_visible()

    def connect(self, source: str, target: str, port: str) -> None:
        before = self.page.locator(".react-flow__edge").count()
        self.select(source)
        self.page.keyboard.press("c")
        self.page.keyboard.type(f"{target} {port}")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".react-flow__edge")).to_have_count(before + 1)

    def open_script(self, node: str) -> None:
        self.select(node)
        self.page.keyboard.press("Enter")

    def run(self) -> None:
        self.page.keyboard.press("Control+Enter")
