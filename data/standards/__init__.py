"""Standards of provision as data: the `.toml` files here, and those of a district's own folder."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from data.catalogue import facility_category_codes
from geo.access.standards import Standard, read_standard
from geo.errors import InvalidInput, SettingsError


def load_standards(folder: Path | None = None) -> dict[str, Standard]:
    """All standards by code: ours, then those in `folder` in the order of their names.

    Raises
    ------
    SettingsError
        When the folder is not there or cannot be read.
    InvalidInput
        When a file is malformed, or its code is taken; file, line and reason.
    """
    categories = facility_category_codes()
    ours = sorted(resources.files(__name__).iterdir(), key=lambda entry: entry.name)
    files = [(file.name, file.read_bytes()) for file in ours if file.name.endswith(".toml")]
    if folder is not None:
        try:
            files += [(str(file), file.read_bytes()) for file in sorted(folder.iterdir()) if file.suffix == ".toml"]
        except OSError as error:
            raise SettingsError(
                f"{error.filename} cannot be read ({error.strerror}).",
                where="YIKE_STANDARDS",
                hint="Name a folder of .toml files.",
            ) from None
    found: dict[str, Standard] = {}
    for name, content in files:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidInput("This is not UTF-8.", where=name) from None
        standard = read_standard(text, name, categories)
        if standard.code in found:
            raise InvalidInput(
                f"The code {standard.code!r} is that of {found[standard.code].file} already.",
                where=name,
                hint="Give yours a code of its own.",
            )
        found[standard.code] = standard
    return found
