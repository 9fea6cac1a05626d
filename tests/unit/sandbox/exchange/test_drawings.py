"""What an SVG drawing may consist of."""

import pytest

from studiolo.sandbox.exchange.drawings import why_not_svg

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:xlink="http://www.w3.org/1999/xlink">'
)
ELSEWHERE = "http://example.com/x"
SCRIPT = "javascript:alert(1)"

ACTIVE = [
    f"<h:img src='{ELSEWHERE}'/>",
    f"<h:img srcset='{ELSEWHERE} 1x'/>",
    f"<h:video src='{ELSEWHERE}' autoplay='1'/>",
    f"<h:audio src='{ELSEWHERE}' autoplay='1'/>",
    f"<h:frameset><h:frame src='{SCRIPT}'/></h:frameset>",
    f"<h:iframe src='{ELSEWHERE}'/>",
    "<h:iframe srcdoc='x'/>",
    f"<h:meta http-equiv='refresh' content='0;URL={ELSEWHERE}'/>",
    f"<h:form action='{ELSEWHERE}'><h:button formaction='{SCRIPT}'>x</h:button></h:form>",
    f"<h:link rel='preload' as='image' imagesrcset='{ELSEWHERE} 1x'/>",
    f"<h:body background='{ELSEWHERE}'/>",
    f"<h:a ping='{ELSEWHERE}' href='#x'>y</h:a>",
    "<h:script>alert(1)</h:script>",
    "<h:style>x</h:style>",
    "<script>alert(1)</script>",
    "<foreignObject/>",
    "<handler xmlns='http://www.w3.org/2001/xml-events' type='x'/>",
    f"<filter><feImage href='{ELSEWHERE}'/></filter>",
    f"<a><set attributeName=' href ' to='{SCRIPT}'/></a>",
    f"<a><set attributeName='href&#9;' to='{SCRIPT}'/></a>",
    f"<a><animate attributeName='xlink:href' to='{SCRIPT}'/></a>",
    "<a><animateMotion/></a>",
    f"<a href='{SCRIPT}'/>",
    f"<a xlink:href=' {SCRIPT}'/>",
    f"<a HREF='{SCRIPT}'/>",
    "<use href='data:image/svg+xml;base64,xx#a'/>",
    "<use href='data:image/png;base64,xx'/>",
    "<image href='data:image/png+svg+xml;base64,xx'/>",
    "<image href='data:image/png;image/svg+xml,&lt;svg/&gt;'/>",
    f"<image href='{ELSEWHERE}'/>",
    f"<g xml:base='{ELSEWHERE}'><use href='#x'/></g>",
    "<g onload='alert(1)'/>",
    "<g xlink:onload='alert(1)'/>",
    f"<style>svg{{background:image-set('{ELSEWHERE}' 1x)}}</style>",
    f"<rect style='background:-webkit-image-set(\"{ELSEWHERE}\" 1x)'/>",
    f"<rect style='cursor:image-set(\"{ELSEWHERE}\" 1x),auto'/>",
    f"<rect style='background:src(\"{ELSEWHERE}\")'/>",
    f"<rect fill='url({ELSEWHERE})'/>",
    f"<rect fill='url ( {ELSEWHERE})'/>",
    f"<rect fill='url(#a) URL({ELSEWHERE})'/>",
    f"<rect fill='u\\72l({ELSEWHERE})'/>",
    f"<style>@import '{ELSEWHERE}.css';</style>",
    f"<style>@im<desc/>port '{ELSEWHERE}.css';</style>",
    f"<style>@im<!-- -->port '{ELSEWHERE}.css';</style>",
    f"<style><![CDATA[@import '{ELSEWHERE}.css';]]></style>",
    f"<style>@\\69mport '{ELSEWHERE}.css';</style>",
    f"<style>\\000040 import '{ELSEWHERE}.css';</style>",
    f"<style>svg{{fill:ur<!-- -->l({ELSEWHERE})}}</style>",
    f"<style>svg{{fill:ur<desc/>l({ELSEWHERE})}}</style>",
    "<style>@font-face{font-family:x;src:local(x)}</style>",
    f"<style>@namespace '{ELSEWHERE}';</style>",
    "<style>svg{/* */fill:red}</style>",
]


@pytest.mark.parametrize("inside", ACTIVE)
def test_what_acts_or_refers_elsewhere(inside: str) -> None:
    why = why_not_svg(f"{HEAD}{inside}</svg>".encode())
    assert why
    assert "XML" not in why


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<svg/>",
        "<svg xmlns='http://www.w3.org/1999/xhtml'/>",
        "<h:html xmlns:h='http://www.w3.org/1999/xhtml'/>",
        f"<!DOCTYPE svg SYSTEM '{ELSEWHERE}.dtd'>{HEAD}</svg>",
        f"<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'alert(1)'>]>{HEAD}</svg>",
        f"<!DOCTYPE svg [<!ENTITY % x SYSTEM '{ELSEWHERE}'> %x;]>{HEAD}</svg>",
        f"<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>{HEAD}&b;</svg>",
        f"<?xml-stylesheet href='{ELSEWHERE}'?>{HEAD}</svg>",
        f"<?xml version='1.0' encoding='iso-8859-1'?>{HEAD}</svg>",
        HEAD + "<g>" * 1_000 + "</g>" * 1_000 + "</svg>",
        HEAD + "<g/>" * 600_000 + "</svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' "
        + " ".join(f"a{number}='x'" for number in range(100_000))
        + "/>",
    ],
    ids=range(13),
)
def test_documents_of_another_kind(document: str) -> None:
    assert why_not_svg(document.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding(encoding: str) -> None:
    assert why_not_svg(f"{HEAD}</svg>".encode(encoding)) == "it is not in UTF-8"


@pytest.mark.parametrize(
    "inside",
    [
        "<text>once upon a time, on the onset: @import url(x)</text>",
        "<g clip-path='url(#p1)' style='fill: url(\"#h\"); stroke: rgb(1, 2, 3)'/>",
        "<g transform='translate(1 2) scale(0.1 -0.1) rotate(-90) matrix(1 0 0 1 0 0)'/>",
        "<use xlink:href='#m1' x='1' y='2'/>",
        "<image xlink:href='data:image/png;base64,iVBORw0K\nGgo='/>",
        "<style type='text/css'>*{stroke-linejoin: round; fill: url('#p1')}</style>",
        "<linearGradient id='a' gradientUnits='userSpaceOnUse'><stop offset='0'/></linearGradient>",
        "<filter id='f'><feColorMatrix type='matrix' values='1 0'/><feComposite in='a'/></filter>",
        "<text xml:space='preserve' style=\"font: 10px 'DejaVu Sans', sans-serif\">x</text>",
        "<!-- a remark --><title>a</title><desc>b</desc>",
    ],
)
def test_what_drawing_libraries_write(inside: str) -> None:
    assert why_not_svg(f"{HEAD}{inside}</svg>".encode()) == ""
