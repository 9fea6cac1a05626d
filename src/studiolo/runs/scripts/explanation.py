"""The host's part in explaining a failure: which environment lacks a library, what is new."""

import re
from dataclasses import replace
from typing import Final

from studiolo.environments.package_names import suggest_package
from studiolo.old_code.advice import call_behind, listed
from studiolo.old_code.reading import read_old_code
from studiolo.runs.scripts import missing_library
from studiolo.runs.scripts.bundled_binaries import unloadable
from studiolo.runs.scripts.circumstances import Circumstances
from studiolo.runs.scripts.installing import notebook_advice
from studiolo.sandbox.exchange.job import Failure

_AS_TEXT: Final = re.compile(
    r"'Timestamp' object (has no attribute '(split|strip|replace|find|startswith|lower)'"
    r"|is not subscriptable|is not iterable)"
    r"|Can only use \.str accessor"
    r"|must be (a )?str(ing)?\b.*, not \"?(pandas\.)?(\w+\.)*(Timestamp|datetime)"
    r"|argument 1 must be str, not Timestamp"
    r"|can only concatenate str \(not \"Timestamp\"\)"
    r"|Parser must be a string or character stream, not Timestamp"
)
_ELSEWHERE: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]:[\\/]")
_OPENS_A_PICKLE: Final = re.compile(r"\b(loads?|read_pickle|Unpickler)\s*\(")
_OF_A_PICKLE: Final = re.compile(
    r"No module named '(sklearn|pandas|numpy|scipy)\."
    r"|Can't get attribute|incompatible dtype|cannot import name|_unpickle|__reduce|copy_reg"
    r"|'ascii' codec can't decode"
)
_COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")
_NLTK: Final = re.compile(r"Resource '?(?P<name>[\w.-]+)'? not found\.")


#: After the advice about a retired call.
_UNCHANGED: Final = (
    "The script runs as it is with `--environment classic`, or `environment: classic` at its node; "
    "`studiolo upgrade {script}` rewrites it."
)


def explained(failure: Failure, ran: Circumstances) -> Failure:
    """Add what only the host knows, and what has become of retired calls."""
    message = _readable(failure.message)
    reading = read_old_code(ran.source)
    lines = {
        frame.line: frame.source for frame in failure.frames if frame.file == ran.job.script_name
    }
    error = _error_of(failure)
    call = call_behind(error, reading, lines)
    advice = _advice(failure, error, ran)
    if advice is None and call is not None:
        advice = call.sentence
    if advice is None and failure.code == "library-missing":
        return replace(failure, message=missing_library.sentence(failure.subject, ran))
    if advice is not None and failure.subject == "fsspec":
        # The script imports no such thing: pandas takes the letter of a drive for a protocol.
        message = advice
    elif advice is not None and _nltk_resource(failure):
        message = f"{message.splitlines()[0]} {advice}"  # NLTK's own advice can't be followed here
    elif advice is not None:
        message = f"{_ended(message)} {advice}"
    if call is not None and (others := listed(reading, ran.job.script_name, told=call)):
        message = f"{message}\n{others}"
    if call is not None and not call.lost and not ran.environment.classic:
        message = f"{message}\n{_UNCHANGED.format(script=ran.job.script_name)}"
    return replace(failure, message=message)


def _advice(failure: Failure, error: str, ran: Circumstances) -> str | None:
    """The advice for a failure that a retired call did not cause."""
    source = failure.frames[-1].source if failure.frames else ""
    if failure.code == "script-syntax" and (advice := notebook_advice(source)):
        return advice
    if _OPENS_A_PICKLE.search(source) and _OF_A_PICKLE.search(error):
        return (
            "The script does not import this: the file that it opens was pickled with older "
            "libraries. Train the model again with today's and pickle that, or name the old ones "
            "in the script's metadata block."
        )
    if _AS_TEXT.search(error) and (dates := ran.dates()):
        columns = ", ".join(map(repr, dates[:5]))
        read = "The column {} was" if len(dates) == 1 else "The columns {} were"
        return (
            f"{read.format(columns)} read as dates, not as text. Turn dates into text with "
            f'`frame[{dates[0]!r}].dt.strftime("%Y-%m-%d")`, or use `.dt.year` and the like.'
        )
    if _is_elsewhere(failure, error, source):
        return (
            "The path belongs to a different machine. Connect it as a dataset, "
            'or put it into the script bundle and open "Script Bundle/NAME".'
        )
    if error.startswith("ImportError: ") and (found := unloadable(error, ran.bundled())):
        file, module = found
        return missing_library.not_loadable(file, suggest_package(module), ran)
    if resource := _nltk_resource(failure):
        return (
            "The environment does not have this data of NLTK. Download it once, elsewhere (`python "
            f"-m nltk.downloader -d nltk_data {resource}`), and run `studiolo environment add-data "
            f"nltk {resource} --from nltk_data` in the workspace. Outside of a workspace, put the "
            'folder nltk_data into the script bundle and write `nltk.data.path.append("Script '
            'Bundle/nltk_data")` at the top.'
        )
    return None


def _nltk_resource(failure: Failure) -> str:
    """The data that NLTK misses; "" if that is not what is wrong."""
    if failure.exception_type != "LookupError":
        return ""
    match = _NLTK.search(_COLOUR.sub("", failure.subject))
    return match["name"] if match else ""


def _is_elsewhere(failure: Failure, error: str, source: str) -> bool:
    if failure.code == "library-missing":
        return failure.subject == "fsspec" and bool(_ELSEWHERE.search(source))
    missing = "No such file or directory" in error or "unknown url type" in error
    return missing and bool(_ELSEWHERE.search(error))


def _error_of(failure: Failure) -> str:
    """The exception as Python shows it, without the lines of code."""
    if failure.code == "library-missing":
        return f"ModuleNotFoundError: No module named '{failure.subject}'"
    if failure.exception_type:
        return f"{failure.exception_type}: {failure.subject}"
    return failure.subject


def _readable(message: str) -> str:
    """The message from its first line with letters on, without colours of a terminal."""
    lines = _COLOUR.sub("", message).splitlines()
    while len(lines) > 1 and not any(c.isalnum() for c in lines[0]):
        del lines[0]
    return "\n".join(lines).strip() if lines else message


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
