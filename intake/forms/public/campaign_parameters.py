"""Where a visitor came from: the parameters of campaigns and the click ids of advertising networks, with limits."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

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
# As people call them; click IDs keep the names that their networks gave them.
LABELS: dict[str, Any] = {
    "utm_source": pgettext_lazy("a campaign", "Source"),
    "utm_medium": pgettext_lazy("a campaign", "Medium"),
    "utm_campaign": pgettext_lazy("a campaign", "Campaign"),
    "utm_term": pgettext_lazy("a campaign", "Term"),
    "utm_content": pgettext_lazy("a campaign", "Content"),
    "utm_id": pgettext_lazy("a campaign", "Campaign ID"),
}
LONGEST = 500
# The hidden input that a script fills with the first touch, as JSON.
FIRST = "first_touch"
LONGEST_JSON = 12_000


def parse_touch(values: Mapping[str, Any]) -> dict[str, str]:
    """The known parameters among these, such as those of a page's address."""
    texts = {name: values.get(name) for name in PARAMETERS}
    return {
        name: _clean_text(text) for name, text in texts.items() if isinstance(text, str) and _clean_text(text)
    }


def parse_first_touch(text: str) -> dict[str, str]:
    """What the script sent; nothing if it isn't a touch."""
    if len(text) > LONGEST_JSON:
        return {}
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return parse_touch(found) if isinstance(found, dict) else {}


def label_touch(touch: Mapping[str, str]) -> dict[str, str]:
    """A touch as people read it: the texts by label, in the order of the parameters."""
    return {str(LABELS.get(name, name)): touch[name] for name in PARAMETERS if name in touch}


def _clean_text(text: str) -> str:
    """One line that PostgreSQL can store."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST].strip()
