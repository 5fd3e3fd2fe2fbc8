"""What a ready-made pipeline is: rows of settings with their texts in English and Romanian, as data."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise

from leads.models import Source, Status

Kind = Status.Kind
SourceKind = Source.Kind


class Text(NamedTuple):
    """A text that becomes part of a row in the language of the company, so no reader gets a translation of it."""

    en: str
    ro: str

    def get_in(self, language: str) -> str:
        return self.ro if language == "ro" else self.en


NOTHING = Text("", "")


@dataclass(frozen=True)
class ReadyStatus:
    """A status of leads, or a stage of deals with its `probability` in percent. `key` is that of the shipped row with the same
    meaning, which gets this name instead of being retired."""

    name: Text
    kind: Kind
    hue: int
    key: str = ""
    meaning: Text = NOTHING
    prompt: Text = NOTHING
    most_days: int | None = None
    probability: int | None = None
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadySource:
    name: Text
    kind: SourceKind
    hue: int
    key: str = ""


@dataclass(frozen=True)
class ReadyReason:
    """A lost reason."""

    name: Text
    key: str = ""


ReadyRow = ReadyStatus | ReadySource | ReadyReason


@dataclass(frozen=True)
class ReadyPipeline:
    """`name` is its part of the URL. New leads start in the first of the `statuses`, new deals in the first of the `stages`."""

    name: str
    title: str | Promise
    description: str | Promise
    statuses: tuple[ReadyStatus, ...]
    stages: tuple[ReadyStatus, ...]
    sources: tuple[ReadySource, ...]
    reasons: tuple[ReadyReason, ...]
