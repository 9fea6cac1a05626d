"""What matplotlib logs of fonts, and which of it a script's console shows."""

import logging

import pytest

from studiolo_guest.contract import fonts

WEIGHT = "findfont: Failed to find font weight %s for %s, now using %s."


@pytest.mark.parametrize(("family", "shown"), [("NanumGothic", False), ("Garamond", True)])
def test_only_a_font_that_was_asked_for_warns_of_its_weights(
    family: str, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts._missing, "wide", "NanumGothic")
    said = logging.LogRecord("", logging.WARNING, "", 0, WEIGHT, ("bold", family, 600), None)
    assert fonts._keep_family(said) is shown
