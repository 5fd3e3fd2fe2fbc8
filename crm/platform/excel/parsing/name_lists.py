"""Several names in one cell, such as tags: separated as people and other programs do."""

import json
import re
from collections.abc import Callable
from typing import Any

# A name in quotes may contain what separates the others.
NAME = re.compile(r'\s*"((?:[^"]|"")*)"\s*|([^,;\n]+)')
# Bitrix24 and Google separate with three colons.
BARS = re.compile(r"\s:::\s|\|")
# Google Contacts writes this group, which isn't a label, to everyone in it.
EVERYONE = "* myContacts"
HASHES = re.compile(r"#[^\s#|]+(?:\s+#[^\s#|]+)*")


def split_names(text: str, knows: Callable[[str], bool]) -> list[str]:
    """Names separated by commas, semicolons, bars, " ::: " or line breaks, a JSON list, or #words. `knows` says whether a text
    that has one of the other programs' separators is itself a name."""
    if (listed := parse_json_list(text.strip())) is not None:
        return [name for one in listed if (name := str(one).strip())]
    found: list[str] = []
    for quoted, bare in NAME.findall(text):
        name = bare.strip()
        if quoted or not name or knows(name):
            found.append(quoted.replace('""', '"').strip() or name)
        elif HASHES.fullmatch(name):
            found += [word.removeprefix("#") for word in name.split()]
        else:
            found += [part.strip() for part in BARS.split(name)]
    return [name for name in found if name and (name != EVERYONE or knows(name))]


def parse_json_list(text: str) -> list[Any] | None:
    """The items of a JSON list; None if the text is none."""
    if not text.startswith("["):
        return None
    try:
        found: list[Any] = json.loads(text)
    except ValueError:
        return None
    return found
