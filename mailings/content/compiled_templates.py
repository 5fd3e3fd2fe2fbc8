"""A text with gaps: compiled once for a mailing, then filled for each recipient, which is far faster than Markdown.

While the text goes through Markdown, the sanitizer and a template, each gap is a word of letters and digits that can't be
guessed, so no text of a user becomes a gap.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from secrets import token_hex
from urllib.parse import quote

from crm.work.templates.merge_fields import join_closed_up
from mailings.content.merge_fields import PLACE

IN_ADDRESS = re.compile(r"""(?:href|src)="[^"]*\Z""")


@dataclass(frozen=True)
class MergeField:
    """`is_ours` is an address that is complete; any other value in an address is encoded."""

    name: str
    fallback: str = ""
    is_ours: bool = False


class TextMergeFields:
    """The gaps of one text, as words in it."""

    def __init__(self) -> None:
        self.secret = f"g{token_hex(8)}x"
        self.gaps: list[MergeField] = []
        self.words = re.compile(rf"{self.secret}(\d+)x")

    def add_word(self, gap: MergeField) -> str:
        self.gaps.append(gap)
        return f"{self.secret}{len(self.gaps) - 1}x"

    def mark_fields(self, text: str) -> str:
        """The text with its merge fields as words."""
        return PLACE.sub(
            lambda place: self.add_word(MergeField(place["name"], place["fallback"] or "")), text
        )

    def build_plain_pattern(self, text: str) -> "Pattern":
        return self._build_pattern(text, lambda _gap, _is_in_address: str)

    def build_html_pattern(self, page: str) -> "Pattern":
        return self._build_pattern(page, _choose_escape_function)

    def _build_pattern(
        self, text: str, encoding: Callable[[MergeField, bool], Callable[[str], str]]
    ) -> "Pattern":
        before, *rest = self.words.split(text)
        parts: list[str | tuple[MergeField, Callable[[str], str]]] = [before]
        is_in_address = bool(IN_ADDRESS.search(before))
        for number, following in zip(rest[::2], rest[1::2], strict=True):
            gap = self.gaps[int(number)]
            parts += [(gap, encoding(gap, is_in_address)), following]
            # An address goes on until its quote, however many merge fields it has.
            if '"' in following:
                is_in_address = bool(IN_ADDRESS.search(following))
        return Pattern(tuple(parts))


@dataclass(frozen=True)
class Pattern:
    parts: tuple[str | tuple[MergeField, Callable[[str], str]], ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """An empty or unknown value becomes its fallback; without one, the text around it closes up."""
        texts = [
            part if isinstance(part, str) else part[1](values.get(part[0].name) or part[0].fallback)
            for part in self.parts
        ]
        empty = {
            place
            for place, part in enumerate(self.parts)
            if isinstance(part, tuple) and not texts[place] and part[1] in (str, escape)
        }
        return join_closed_up(texts, empty)


def _choose_escape_function(gap: MergeField, is_in_address: bool) -> Callable[[str], str]:
    if gap.is_ours or not is_in_address:
        return escape
    return lambda value: quote(value, safe="@")
