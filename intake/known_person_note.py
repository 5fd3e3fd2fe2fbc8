"""The note on the lead of a known person: what came in again, as Markdown in which nothing that a stranger wrote has a meaning."""

import re
from collections.abc import Iterable

from crm.work.models.activity import LONGEST_TEXT

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def render_note(heading: str, name: str, answers: Iterable[tuple[str, str]]) -> str:
    """`heading` has %(name)s, the name of a form or webhook; `answers` are labels with texts, of which empty ones are left out."""
    lines = [heading % {"name": escape_markdown(name)}]
    lines += [f"{escape_markdown(label)}: {escape_markdown(text)}" for label, text in answers if text]
    return "\n\n".join(lines)[:LONGEST_TEXT]


def escape_markdown(text: str) -> str:
    return PUNCTUATION.sub(r"\\\1", text.replace("\0", ""))
