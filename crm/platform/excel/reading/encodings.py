"""The text file encodings that users can choose, and their names."""

from django.utils.translation import gettext as _

# The last one reads any file, correctly or not.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "iso8859-2": "ISO 8859-2",
    "cp852": "DOS 852",
    "mac-roman": "Mac Roman",
    "iso8859-1": "ISO 8859-1",
}
# Detected encodings and the choice in the list that each corresponds to.
SAME = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}


def describe_encoding(encoding: str) -> str:
    """UTF-8, or Windows-1250 (Central European)"""
    encoding = SAME.get(encoding, encoding)
    regions = {
        "cp1250": _("Central European"),
        "cp1251": _("Cyrillic"),
        "cp1252": _("Western European"),
        "cp1253": _("Greek"),
        "cp1254": _("Turkish"),
        "iso8859-2": _("Central European"),
        "cp852": _("Central European"),
        "iso8859-1": _("Western European"),
    }
    name = ENCODINGS.get(encoding, encoding)
    return f"{name} ({regions[encoding]})" if encoding in regions else name


def get_encoding_choices(found: str) -> list[tuple[str, str, bool]]:
    """Each available encoding with its name, and whether the file was read with it."""
    return [(code, describe_encoding(code), code == SAME.get(found, found)) for code in ENCODINGS]
