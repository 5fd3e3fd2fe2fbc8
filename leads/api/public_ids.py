"""The ids by which other programs know leads: "lead_…" instead of a number that can be counted."""

from sqids import Sqids

PUBLIC_IDS = Sqids(min_length=8)
# No id that we issue is longer; a longer one would be a number that no row can have.
LONGEST_CODE = 11


def get_public_id(pk: int) -> str:
    return f"lead_{PUBLIC_IDS.encode([pk])}"


def parse_public_id(text: str) -> int | None:
    """The id behind "lead_…", or None. Only the spelling that we issue is read."""
    return decode_number(text.removeprefix("lead_")) if text.startswith("lead_") else None


def decode_number(code: str) -> int | None:
    """The number of a public id without its prefix, or None."""
    numbers = PUBLIC_IDS.decode(code) if len(code) <= LONGEST_CODE else []
    return numbers[0] if len(numbers) == 1 and PUBLIC_IDS.encode(numbers) == code else None
