"""The names of uploaded files: as people see them, never as a path on the server's disk."""

import re
import unicodedata
from pathlib import PurePosixPath

from crm.platform.files.limits import LONGEST_NAME

# The ending that stays when a name is shortened.
LONGEST_ENDING = 20


def clean_file_name(name: str) -> str:
    """The name without folders and invisible characters, such as line ends and those that reverse the text after them."""
    last = re.split(r"[/\\]", name)[-1]
    # Every category that starts with C is invisible or unassigned, but spaces of all kinds become plain ones.
    visible = "".join(
        " " if letter.isspace() else letter
        for letter in last
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    found = " ".join(visible.split()).strip(" .") or "file"
    if len(found) <= LONGEST_NAME:
        return found
    ending = PurePosixPath(found).suffix[:LONGEST_ENDING]
    return found[: LONGEST_NAME - len(ending)] + ending
