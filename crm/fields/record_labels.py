"""How a record is written where it is chosen: "Omnia SRL (#12)", its name and its number."""

import re
from typing import Any

from crm.platform.web.id_parsing import parse_number

# What stands at the end of a chosen name: "Omnia SRL (#12)". Also "#12" and "12" alone.
NUMBERED = re.compile(r"^#?(\d{1,19})$|\(#(\d{1,19})\)$")


def get_record_label(record: Any) -> str:
    """As the record is chosen: its name, and the number that distinguishes it from others of this name."""
    return f"{record} (#{record.pk})"


def parse_label_number(text: str) -> int | None:
    match = NUMBERED.search(text.strip())
    return parse_number(match[1] or match[2]) if match else None


def is_bare_number(text: str) -> bool:
    """Whether it is a number without "#": in the files of other programs, that isn't one of ours."""
    return text.strip().isdecimal()


def parse_label_name(text: str) -> str:
    """The name without the number; '' for a number alone."""
    return NUMBERED.sub("", text.strip()).strip()
