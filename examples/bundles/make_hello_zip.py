"""Zip `bundles/Hello/` into `datasets/Hello.zip`, the script bundle of `hello.py`.

    python examples/bundles/make_hello_zip.py

Not a script for the sandbox: run it with any Python after a change to `Hello.py`.
"""

import zipfile
from pathlib import Path

BUNDLES = Path(__file__).parent
DATASETS = BUNDLES.parent / "datasets"


def main():
    with zipfile.ZipFile(DATASETS / "Hello.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted((BUNDLES / "Hello").rglob("*.py")):
            # A fixed date: the same files make the same zip.
            member = zipfile.ZipInfo(str(file.relative_to(BUNDLES / "Hello")))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            bundle.writestr(member, file.read_bytes())


if __name__ == "__main__":
    main()
