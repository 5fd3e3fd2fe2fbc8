"""Romanian dates: "25 nov. 2026". The short names of months are small and end with a period (locale/ro), and Django's letter
"M" would capitalize them."""

import re


def __getattr__(name: str) -> str:
    """The Romanian form of a format such as "j M Y, H:i". Django asks for each format as an attribute."""
    if re.fullmatch(r"[A-Za-z ,:]+", name) and re.search(r"\bM\b", name):
        return re.sub(r"\bM\b", "b", name)
    raise AttributeError(name)
