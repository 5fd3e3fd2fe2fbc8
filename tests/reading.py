"""A page as it is read: the line breaks of its template are no part of it."""

import re


def close_up(page: str) -> str:
    """`<b>1</b>` and, on the next line, `will change` are read as `<b>1</b>will change`; an address is read without its places for
    breaks."""
    return " ".join(re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", page.replace("<wbr>", "")).split())
