"""What an empty merge field takes with it: "Hello {first_name}," becomes "Hello,", and "{city}, {country}" one of both.

The texts may be HTML, whose tags within a line stay where they are.
"""

import re
from collections.abc import Collection, Sequence

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


def join_closed_up(pieces: Sequence[str], empty: Collection[int]) -> str:
    """The text of these pieces: fields at the odd places, and what is written around them at the even ones. It closes up around the
    fields that are `empty`, by their places."""
    texts = list(pieces)
    if not empty:
        return "".join(texts)
    later = [""] * (len(texts) + 1)
    for place in reversed(range(len(texts))):
        later[place] = (texts[place][:NEAR] + later[place + 1])[:NEAR]
    earlier = ""
    for place in range(1, len(texts), 2):
        if place in empty:
            around = texts[place - 1], texts[place + 1]
            texts[place - 1], texts[place + 1] = close_up(earlier, *around, later[place + 2])
        earlier = (earlier + texts[place - 1] + texts[place])[-NEAR:]
    return "".join(texts)


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
