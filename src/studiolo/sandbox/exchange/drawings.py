"""SVG drawings that a script left: what they may consist of.

A browser shows a drawing with all that SVG, HTML and CSS can do: run scripts, load pages, follow
links. So a drawing is kept only if each of its elements, attributes and styles is on a list, which
has what drawing libraries write and nothing that acts or refers to something outside the drawing.
"""

import re
from typing import Final
from xml.parsers import expat


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
#: What Matplotlib says of a drawing; no program does anything with it.
_DESCRIPTION: Final = frozenset(
    {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://purl.org/dc/elements/1.1/",
        "http://creativecommons.org/ns#",
    }
)
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DOCTYPE: Final = (
    "svg",
    "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd",
    "-//W3C//DTD SVG 1.1//EN",
)
# Not among them: script, foreignObject, animations, feImage, links to other places.
_ELEMENTS: Final = _words(
    "svg g defs symbol use title desc metadata style a switch path rect circle ellipse line",
    "polyline polygon image text tspan textPath clipPath mask pattern marker linearGradient",
    "radialGradient stop filter feBlend feColorMatrix feComponentTransfer feComposite",
    "feConvolveMatrix feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur",
    "feMerge feMergeNode feMorphology feOffset feTile feTurbulence",
)
_ATTRIBUTES: Final = _words(
    "id class style type lang version baseProfile width height viewBox preserveAspectRatio",
    "transform x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy d points pathLength offset rotate",
    "textLength lengthAdjust startOffset method spacing clipPathUnits maskUnits",
    "maskContentUnits patternUnits patternContentUnits patternTransform gradientUnits",
    "gradientTransform spreadMethod markerUnits markerWidth markerHeight refX refY orient",
    "filterUnits primitiveUnits in in2 result mode operator k1 k2 k3 k4 values stdDeviation",
    "edgeMode tableValues slope intercept amplitude exponent radius order kernelMatrix divisor",
    "bias targetX targetY preserveAlpha baseFrequency numOctaves seed stitchTiles clip-path",
    "clip-rule mask filter fill fill-opacity fill-rule stroke stroke-width stroke-opacity",
    "stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset",
    "opacity color color-interpolation color-interpolation-filters color-rendering stop-color",
    "stop-opacity flood-color flood-opacity display visibility overflow shape-rendering",
    "text-rendering image-rendering paint-order vector-effect marker marker-start marker-mid",
    "marker-end font font-family font-size font-style font-weight font-variant font-stretch",
    "text-anchor text-decoration dominant-baseline alignment-baseline baseline-shift",
    "letter-spacing word-spacing writing-mode direction unicode-bidi pointer-events",
)
#: The functions of a style that load nothing; `url` only for parts of the drawing itself.
_FUNCTIONS: Final = _words(
    "rgb rgba hsl hsla translate translatex translatey scale scalex scaley rotate matrix skewx",
    "skewy calc url",
)
_CALL: Final = re.compile(r"([\w-]*)\s*\(")
_URL: Final = re.compile(r"url\(\s*(['\"]?)#[\w.:-]+\1\s*\)", re.IGNORECASE)
#: Not SVG, which would not be looked at.
_PICTURE: Final = re.compile(r"data:image/(png|jpe?g);base64,[A-Za-z0-9+/=\s]*")
_ENCODINGS: Final = ("utf-8", "us-ascii", "ascii")
_MOST_ELEMENTS: Final = 500_000
_DEEPEST: Final = 200
_ATTRIBUTES_EACH: Final = 64


class _RefusedError(Exception):
    """The drawing has something that it may not have."""


def why_not_svg(content: bytes) -> str:
    """Why a drawing can't be shown; empty if it can."""
    if b"\0" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "it is not in UTF-8"
    try:
        _Reading().read(content)
    except expat.ExpatError as error:
        return f"it is not valid XML ({error})"
    except _RefusedError as error:
        return str(error)
    return ""


class _Reading:
    """One pass over a drawing."""

    def __init__(self) -> None:
        self._elements = 0
        #: The elements that are open, the innermost last.
        self._open: list[str] = []
        #: The text of the style sheet that is open.
        self._style: list[str] = []

    def read(self, content: bytes) -> None:
        """Go through it; raises at the first thing that it may not have."""
        # With a separator, names come with their namespaces, whatever their prefixes are.
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise _RefusedError("it is not in UTF-8")

    def _doctype(
        self, name: str, system: str | None, public: str | None, has_declarations: int
    ) -> None:
        if has_declarations or (
            (system, public) != (None, None) and (name, system, public) != _DOCTYPE
        ):
            raise _RefusedError("it has a document type of its own")

    def _entity(self, *_: object) -> None:
        raise _RefusedError("it declares entities")

    def _instruction(self, target: str, _data: str) -> None:
        raise _RefusedError(f"it has a processing instruction, {_shown(target)}")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        namespace, _, name = element.rpartition(" ")
        if not self._open and (namespace, name) != (_SVG, "svg"):
            raise _RefusedError("its root element is not svg")
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise _RefusedError(f"it has more than {_MOST_ELEMENTS:,} elements")
        if len(self._open) >= _DEEPEST:
            raise _RefusedError(f"its elements are nested more than {_DEEPEST} deep")
        if len(attributes) > _ATTRIBUTES_EACH:
            raise _RefusedError(f"an element has more than {_ATTRIBUTES_EACH} attributes")
        if self._open and self._open[-1] == "style":
            raise _RefusedError("its style sheet has elements")
        if namespace == _SVG:
            if name not in _ELEMENTS:
                raise _RefusedError(f"it has a <{_shown(name)}> element")
            for attribute, value in attributes.items():
                _check_attribute(name, attribute, value)
        elif namespace in _DESCRIPTION:
            if any(not attribute.startswith(f"{_RDF} ") for attribute in attributes):
                raise _RefusedError("its description has attributes that are not allowed")
        else:
            raise _RefusedError(f"it has a <{_shown(name)}> element, which is not part of SVG")
        self._open.append(name if namespace == _SVG else "")

    def _end(self, _element: str) -> None:
        if self._open.pop() == "style":
            sheet = "".join(self._style)
            self._style.clear()
            if "@" in sheet:
                raise _RefusedError("its style sheet has rules with @")
            _check_style(sheet)

    def _text(self, content: str) -> None:
        if self._open and self._open[-1] == "style":
            self._style.append(content)


def _check_attribute(element: str, attribute: str, value: str) -> None:
    namespace, _, name = attribute.rpartition(" ")
    if name == "href" and namespace in ("", _XLINK):
        if value.startswith("#") or (element == "image" and _PICTURE.fullmatch(value)):
            return
        raise _RefusedError("it refers to something outside the drawing")
    if namespace == _XML and name in ("space", "lang"):
        return
    if namespace == _XLINK and name == "title":
        return
    if namespace or name not in _ATTRIBUTES:
        raise _RefusedError(f"it has the attribute {_shown(name)}")
    _check_style(value)


def _check_style(style: str) -> None:
    """Refuse a style, or a value of one, that loads anything.

    A backslash or a comment can spell any of it in another way, and no drawing library writes one.
    """
    if "\\" in style or "/*" in style:
        raise _RefusedError("its style has escapes or comments")
    for call in _CALL.finditer(style):
        name = call[1].lower()
        if name not in _FUNCTIONS:
            raise _RefusedError(f"its style calls {_shown(name)}()")
        if name == "url" and not _URL.match(style, call.start()):
            raise _RefusedError("it refers to something outside the drawing")


def _shown(name: str) -> str:
    return name[:40].encode("unicode_escape").decode("ascii")
