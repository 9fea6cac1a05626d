"""Advice on a library that a script imports and its environment does not have."""

import re
from pathlib import PurePosixPath
from typing import Final

from studiolo.environments.environment import Environment
from studiolo.environments.package_names import suggest_package
from studiolo.errors import StudioloError
from studiolo.modules.script_metadata import read_script_metadata
from studiolo.runs.scripts import bundled_binaries, installing
from studiolo.runs.scripts.circumstances import Circumstances

#: Programs that install packages, which old scripts import as well.
_INSTALLERS: Final = frozenset({"pip", "conda", "easy_install", "ensurepip"})
#: The extensions of zips that hold modules.
_ARCHIVES: Final = frozenset({".zip", ".egg"})


def sentence(module: str, ran: Circumstances) -> str:
    """Where the library is instead, or how to add it."""
    top = module.partition(".")[0]
    members = list(ran.bundled())
    wheel = bundled_binaries.wheel_with(module, members)
    if wheel and not ran.environment.has_package(bundled_binaries.package_of(wheel)):
        return not_loadable(wheel, bundled_binaries.package_of(wheel), ran)
    if compiled := bundled_binaries.compiled_module(module, members):
        return not_loadable(compiled, suggest_package(module), ran)
    if own := _in_bundle(top, [member for member in members if ".whl/" not in member]):
        return f"The script imports {module!r}, which is not where Python looks for it. {own}"
    if top in _INSTALLERS:
        return (
            f"The script imports {module!r}, but nothing is installed during a run. Name the "
            "packages that it installs in the script's metadata block, at its top: "
            f"{installing.dependencies_line(ran.source)}"
        )
    package = suggest_package(top)
    if ran.environment.has_package(package):
        return (
            f"The script imports {module!r}, which the installed package {package} does not have; "
            "the script may have been written for a different version."
        )
    return (
        f"The script imports {module!r}, which {_lacking(ran.environment)} have. "
        f"{_added(package, ran.source)}\n"
        "A module of your own goes into the script bundle."
    )


def not_loadable(file: str, package: str, ran: Circumstances) -> str:
    """The sentences about compiled code of the script bundle, and how to have its package."""
    built = bundled_binaries.built_for(file)
    here = bundled_binaries.runs_on(ran.environment)
    required = ran.required_python(file) if file.lower().endswith(".whl") else ""
    why = f"was built for {built}"
    if bundled_binaries.excludes(required, ran.environment):
        why = f"needs Python {required}"
    return (
        f"The script bundle has {file}, which {why}. The script runs on {here}. "
        "Put a wheel for that into the bundle, or have the package installed. "
        f"{_added(package, ran.source)}\n"
        "For several scripts, make an environment that they share: "
        f"studiolo environment create NAME --add {package}"
    )


def _lacking(environment: Environment) -> str:
    """The environment that the script ran in, up to the verb."""
    if environment.locked:
        return f"the environment {environment.name!r} does not"
    if environment.adds_to is not None:
        name = environment.adds_to.name
        return f"the environment {name!r} and the packages of the script's metadata block do not"
    return "the environment made for the script's metadata block does not"


def _in_bundle(name: str, members: list[str]) -> str:
    """The advice for a member of the bundle that was meant; "" if there is none."""
    for member in members:
        path = PurePosixPath(member)
        if archive := _archive(path, name):
            return (
                f"The script bundle has {archive}, a zip inside of the zip: unpack it, and zip its "
                "content."
            )
        if path.suffix == ".py" and _module(path) == name and len(_folder(path)) > 0:
            # A folder whose name is not an identifier can't be imported from.
            importable = all(part.isidentifier() for part in _folder(path))
            imported = f"write `import {'.'.join(_folder(path))}.{name}`, or " if importable else ""
            return (
                f"The script bundle has {member}: {imported}zip the content of the folder and not "
                "the folder."
            )
        if path.suffix == ".py" and _module(path).lower() == name.lower() != _module(path):
            return f"The script bundle has {member}: names of modules are case-sensitive."
    return ""


def _archive(path: PurePosixPath, name: str) -> str:
    """The zip inside of the bundle that has the module, or is named after it; "" if none is."""
    for folder in path.parents:
        if folder.suffix.lower() in _ARCHIVES and path.suffix == ".py" and _module(path) == name:
            return str(folder)
    named = path.suffix.lower() in _ARCHIVES and re.split(r"[-.]", path.name)[0] == name
    return str(path) if named else ""


def _module(path: PurePosixPath) -> str:
    return path.parent.name if path.name == "__init__.py" else path.stem


def _folder(path: PurePosixPath) -> tuple[str, ...]:
    """The folders that the module is in."""
    return path.parent.parent.parts if path.name == "__init__.py" else path.parent.parts


def _added(package: str, source: str) -> str:
    try:
        metadata = read_script_metadata(source)
    except StudioloError:
        metadata = None
    if metadata is None or not metadata.text:
        return (
            "Add it with these lines at the top of the script:\n"
            "  # /// script\n"
            f'  # dependencies = ["{package}"]\n'
            "  # ///"
        )
    for number, line in enumerate(source.splitlines(), start=1):
        if number >= metadata.line and re.match(r"#\s*dependencies\s*=", line):
            return f'Add "{package}" to the dependencies in line {number} of the script.'
    return (
        "Add this line to the metadata block, below line "
        f'{metadata.line} of the script:\n  # dependencies = ["{package}"]'
    )
