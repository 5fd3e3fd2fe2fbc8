"""The names of record fields in other programs and other people's files, folded, by field; the product's own names are
added."""

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.utils import translation

from crm.fields.custom.definitions.built_in_fields import get_changed_fields, use_delivered_labels
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.shared_headers import NAMED, NEVER, OTHERS, split_into_word_set

# Where a word begins inside "jobTitle".
HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
# A header with a remark: "Email (work)".
ASIDE = re.compile(r"([^()]+)\(([^()]*)\)")
# Remarks that say that a phone or an address is another one.
OTHER_ONES = split_into_word_set(
    "home private personal other alternate secondary extension id date type code count status"
)
CURRENCY = re.compile(r"[A-Z]{3}|[€$£]")
# The fields whose headers may have a remark or a number.
REMARKED = (
    "email",
    "phone",
    "mobile",
    "website",
    "company",
    "title",
    "address",
    "city",
    "state",
    "zip",
    "country",
)
# Where the second of two columns with one meaning goes, and of two values in one cell.
SECOND_FIELDS = {"email": "second_email", "phone": "mobile"}
# What forms and programs add to a header.
ADDED = re.compile(
    r"\((?:required|recommended|optional|default|primary|main|(?:utc|gmt)(?:[+-]\d+)?|(?:ee|ce|we)s?t|[ecmp][sd]t|bst|ist|msk|obligatoriu|op[tțţ]ional)\)",
    re.IGNORECASE,
)


def split_camel_case(heading: str) -> str:
    """The same with the words of "assignedUserEmail" apart."""
    return normalize_heading(HUMP.sub(" ", heading))


def join_heading(heading: str) -> str:
    """The same without spaces: "Job title", "job_title", "jobTitle" and "jobtitle" are one."""
    return normalize_heading(heading).replace(" ", "")


def get_fields_by_word(kind: Kind, user) -> dict[str, str]:
    """The field that each word means. The product's own headers take precedence, then the labels of custom fields."""
    custom = kind.get_custom_fields(user)
    labels = {
        normalize_heading(label): field.name for field in custom for label in get_both_labels(field) if label
    }
    return _get_fields_by_word(kind.name) | _get_renamed_labels(kind) | labels


def get_both_labels(field: Any) -> list[str]:
    """The labels of a custom field in both languages."""
    return [field.definition.name, field.definition.name_ro]


class HeaderCertainty(IntEnum):
    """What says which field a header means, the surest first."""

    PROGRAM = 0
    OWN = 1
    WORD = 2
    PART = 3
    VALUES = 4


class Headers:
    """The fields that headers mean for one record type, however they're spelled. `words` are the fields of folded headers, `own` those that
    are the product's own."""

    def __init__(self, kind: Kind, words: Mapping[str, str], own: Mapping[str, str]) -> None:
        self.kind, self.words, self.own = kind, words, own

    @cached_property
    def joined(self) -> dict[str, str]:
        return {word.replace(" ", ""): name for word, name in self.words.items()}

    def find_field(self, heading: str) -> str:
        """The field, or ''."""
        return self.find_meaning(heading)[0]

    def find_meaning(self, heading: str) -> tuple[str, HeaderCertainty]:
        """The field, or '', and how sure that is."""
        for text in dict.fromkeys((heading, ADDED.sub(" ", heading))):
            found = self.words.get(normalize_heading(text)) or self.joined.get(join_heading(text), "")
            if found:
                sure = self.own.get(normalize_heading(text)) == found
                return found, HeaderCertainty.OWN if sure else HeaderCertainty.WORD
        return self._find_by_part(ADDED.sub(" ", heading)), HeaderCertainty.PART

    def _find_known(self, words: str) -> str:
        return self.words.get(words, "") or self.joined.get(words.replace(" ", ""), "")

    def _find_by_part(self, heading: str) -> str:
        """The field of what is left of a header without a remark, a number, or whom it is about."""
        ways = (
            self._find_without_aside,
            self._find_by_alternatives,
            self._find_numbered,
            self._find_named,
            self._find_by_subject,
        )
        return next(filter(None, (way(heading) for way in ways)), "")

    def _find_without_aside(self, heading: str) -> str:
        """Of "Email (work)", unless the remark says that it's someone else's or another one, and of "Amount (EUR)"."""
        match = ASIDE.fullmatch(heading.strip())
        if match is None or not set(split_camel_case(match[2]).split()).isdisjoint(
            OTHERS | NEVER | OTHER_ONES
        ):
            return ""
        found = self._find_known(normalize_heading(match[1]))
        return found if found in REMARKED or (found == "value" and CURRENCY.fullmatch(match[2])) else ""

    def _find_by_alternatives(self, heading: str) -> str:
        """Of "Town/City", if all of them mean the same."""
        found = {self._find_known(normalize_heading(part)) for part in heading.split("/")}
        return found.pop() if "/" in heading and len(found) == 1 else ""

    def _find_numbered(self, heading: str) -> str:
        """Of "Street Address 1" and of "Email Address 2"."""
        words, _space, number = split_camel_case(heading).rpartition(" ")
        found = self._find_known(words) if words else ""
        return {"1": found, "2": SECOND_FIELDS.get(found, "")}.get(number, "") if found in REMARKED else ""

    def _find_named(self, heading: str) -> str:
        """Of "Stage name" and "status_label"."""
        words, _space, last = split_camel_case(heading).rpartition(" ")
        found = self._find_known(words) if last in ("name", "label") else ""
        return found if found in NAMED else ""

    def _find_by_subject(self, heading: str) -> str:
        """Of "Attendee email"."""
        words = split_camel_case(heading)
        for subject in get_rules_class(self.kind).subjects.split(", "):
            if subject and words.startswith(f"{subject} "):
                found = self._find_known(words.removeprefix(f"{subject} "))
                if found in get_rules_class(self.kind).parts:
                    return found
        return ""


def get_headers(kind: Kind, user: Any) -> Headers:
    """What headers mean to this user, who sees some of the custom fields."""
    return Headers(
        kind, get_fields_by_word(kind, user), _get_product_headings(kind.name) | _get_renamed_labels(kind)
    )


def get_headers_without_field(kind: Kind) -> Headers:
    """The headers of fields that other programs have and this record type hasn't (ImportRules.lacks)."""
    lacks = get_rules_class(kind).lacks.items()
    return Headers(
        kind, {normalize_heading(word): name for name, row in lacks for word in row.words.split(", ")}, {}
    )


def _get_renamed_labels(kind: Kind) -> dict[str, str]:
    """The labels that administrators gave built-in fields, in both languages. Those of the code stay known."""
    rows = get_changed_fields(kind.name).items()
    labels = {
        normalize_heading(label): name for name, row in rows for label in (row.label, row.label_ro) if label
    }
    return {label: name for label, name in labels.items() if name in kind.fields.EXCEL}


@cache
def _get_fields_by_word(name: str) -> dict[str, str]:
    found = {}
    for field, words in get_rules_class(KINDS[name]).words.items():
        for word in words.split(", "):
            found[normalize_heading(word)] = field
    return found | _get_product_headings(name)


@cache
@use_delivered_labels()
def _get_product_headings(name: str) -> dict[str, str]:
    """The product's own headers, in both languages."""
    kind, found = KINDS[name], dict[str, str]()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for field in kind.fields.EXCEL:
                found[normalize_heading(kind.get_file_heading(field))] = field
    return found
