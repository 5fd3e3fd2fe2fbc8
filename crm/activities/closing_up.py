"""What an empty merge field takes with it: "Hello {first_name}," becomes "Hello,", and "{city}, {country}" one of both.

The texts may be HTML, whose tags within a line stay where they are.
"""

import re

SPACES = " \t\u00a0"
# As many characters around a field are looked at.
NEAR = 300
TAGS = r"(?:</?(?:a|b|code|em|i|s|small|strong|sub|sup|u)(?:\s[^<>]*)?>)*"
IN_LINE = re.compile(TAGS.removesuffix("*"))
BEFORE = re.compile(rf"(?P<comma>,?)[{SPACES}]+(?P<tags>{TAGS})\Z")
AFTER = re.compile(rf"(?P<tags>{TAGS})(?:,[{SPACES}]*|[{SPACES}]+)?")
# A tag or a line end ends what belongs together.
BREAK = re.compile(r"[>\n]")
CLOSING = ",.;:!?)"


def close_up(earlier: str, before: str, after: str, later: str) -> tuple[str, str]:
    """The texts right before and after an empty field, without a space or comma too many. What comes `earlier` and `later`
    is only looked at."""
    line = BREAK.split(IN_LINE.sub("", (earlier + before)[-NEAR:]))[-1]
    following = IN_LINE.sub("", (after + later)[:NEAR])[:1]
    if not any(map(str.isalpha, line)):
        # Nothing of the line is left of it, except for the mark of a list or a quote.
        return before, AFTER.sub(lambda found: found["tags"], after, count=1)
    found = BEFORE.search(before)
    ends = following in ("", "\n", "<", *CLOSING)
    if not found or not (ends or following in SPACES):
        return before, after
    comma = "" if ends else found["comma"]
    return before[: found.start()] + comma + found["tags"], after
