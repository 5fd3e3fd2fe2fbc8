"""Reading a SCIM filter: comparisons with eq, joined by and, or and parentheses (RFC 7644, section 3.4.2.2)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.scim.problems import ScimProblem, build_problem

LONGEST, DEEPEST = 2_000, 20
TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[()])
        |(?P<text>"(?:[^"\\]|\\.)*")
        |(?P<word>[A-Za-z0-9_.:$+-]+(?:\[[^\]\[]*\](?:\.[A-Za-z]+)?)?)
        |(?P<end>$))""",
    re.VERBOSE,
)
# The schema before a name adds nothing, and neither does saying that an email is the one for work.
SCHEMA = re.compile(r"^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):")
OF_WORK = re.compile(r'^emails\[\s*(?:type\s+eq\s+"work"|primary\s+eq\s+(?:true|"true"))\s*\](?:\.value)?$')


@dataclass(frozen=True)
class Equal:
    """`name` is in lower case, such as "emails.value"."""

    name: str
    value: str | bool | None


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Condition", ...]


Condition = Equal | AllOf | AnyOf


def parse_filter(text: str) -> Condition:
    """The condition that a filter describes. Raises ScimProblem with invalidFilter."""
    if len(text) > LONGEST:
        raise build_filter_problem(f"The filter has more than {LONGEST} characters.")
    return _Reader(text).read_filter()


def build_filter_problem(message: str) -> ScimProblem:
    return build_problem(400, message, "invalidFilter")


def get_attribute_name(word: str) -> str:
    """The name of an attribute without its schema, in lower case."""
    name = SCHEMA.sub("", word.lower())
    return "emails.value" if OF_WORK.match(name) else name


class _Reader:
    """Reads from left to right; `now` is the next token: its kind and its text."""

    def __init__(self, text: str) -> None:
        self.tokens = _split_tokens(text)
        self.now = next(self.tokens)

    def read_token(self) -> tuple[str, str]:
        before, self.now = self.now, next(self.tokens, ("end", ""))
        return before

    def accept_word(self, word: str) -> bool:
        if self.now[0] == "word" and self.now[1].lower() == word:
            self.read_token()
            return True
        return False

    def read_filter(self) -> Condition:
        found = self.read_disjunction(0)
        if self.now[0] != "end":
            raise build_filter_problem(f"The filter continues unexpectedly at {self.now[1][:50]!r}.")
        return found

    def read_disjunction(self, depth: int) -> Condition:
        parts = [self.read_conjunction(depth)]
        while self.accept_word("or"):
            parts.append(self.read_conjunction(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def read_conjunction(self, depth: int) -> Condition:
        parts = [self.read_term(depth)]
        while self.accept_word("and"):
            parts.append(self.read_term(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def read_term(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise build_filter_problem(f"The filter has more than {DEEPEST} levels of parentheses.")
        kind, text = self.read_token()
        if (kind, text) == ("sign", "("):
            found = self.read_disjunction(depth + 1)
            if self.read_token() != ("sign", ")"):
                raise build_filter_problem("The filter has an opening parenthesis without a closing one.")
            return found
        if kind != "word":
            raise build_filter_problem('The filter needs a comparison such as userName eq "ann@example.com".')
        if not self.accept_word("eq"):
            raise build_filter_problem("Leadwell compares with eq only, joined by and, or and parentheses.")
        return Equal(get_attribute_name(text), self.read_value())

    def read_value(self) -> str | bool | None:
        kind, text = self.read_token()
        if kind == "text":
            return parse_quoted_text(text)
        values: dict[str, bool | None] = {"true": True, "false": False, "null": None}
        if kind == "word" and text.lower() in values:
            return values[text.lower()]
        if kind == "word" and text.isdecimal():
            return text
        raise build_filter_problem("The filter compares with a text in quotes, true, false or null.")


def _split_tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while True:
        found = TOKEN.match(text, position)
        if found is None:
            raise build_filter_problem(f"The filter can't be read at {text[position : position + 50]!r}.")
        kind = str(found.lastgroup)
        yield kind, found[kind]
        if kind == "end":
            return
        position = found.end()


def parse_quoted_text(quoted: str) -> str:
    """The text between the quotes. Raises ScimProblem for one that no database can store."""
    try:
        text = json.loads(quoted, strict=False)
        text.encode()
    except (ValueError, UnicodeError):
        raise build_filter_problem("A text in the filter isn't a valid JSON string.") from None
    if "\0" in text:
        raise build_filter_problem("A text in the filter contains a null character.")
    return text
