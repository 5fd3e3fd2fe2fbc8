"""Where a visitor came from: the parameters of campaigns and the click ids of advertising networks, with limits."""

import json
from collections.abc import Mapping
from typing import Any

PARAMETERS = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
)
LONGEST = 500
# The hidden input that a script fills with the first touch, as JSON.
FIRST = "first_touch"
LONGEST_JSON = 12_000


def touch_in(values: Mapping[str, Any]) -> dict[str, str]:
    """The known parameters among these, such as those of a page's address."""
    texts = {name: values.get(name) for name in PARAMETERS}
    return {name: _clean(text) for name, text in texts.items() if isinstance(text, str) and _clean(text)}


def first_touch_in(text: str) -> dict[str, str]:
    """What the script sent; nothing if it isn't a touch."""
    if len(text) > LONGEST_JSON:
        return {}
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return touch_in(found) if isinstance(found, dict) else {}


def _clean(text: str) -> str:
    """One line that PostgreSQL can store."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST].strip()
