"""Ready examples that fill the form of a new sequence in; each email's template is chosen there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.records.kinds.kind_registry import KINDS
from sequences.models import Sequence, SequenceStep
from sequences.step_words import describe_steps

Kind = SequenceStep.Kind


@dataclass(frozen=True)
class Example:
    """`steps` builds them in the language of the reader."""

    code: str
    label: str | Promise
    table: str
    steps: Callable[[], list[SequenceStep]]

    @property
    def summary(self) -> str:
        return describe_steps(self.steps())


def _build_step(kind: str, after: int, **values: Any) -> SequenceStep:
    return SequenceStep(key="", kind=kind, after=after, **values)


def _build_first_contact() -> list[SequenceStep]:
    return [
        _build_step(Kind.EMAIL, 0),
        _build_step(Kind.CALL, 2, title=str(_("Call about the email"))),
        _build_step(Kind.EMAIL, 2, in_thread=True),
    ]


def _build_offer() -> list[SequenceStep]:
    return [
        _build_step(Kind.EMAIL, 3),
        _build_step(Kind.CALL, 3, title=str(_("Call about the offer"))),
        _build_step(Kind.EMAIL, 5, in_thread=True),
        _build_step(Kind.TASK, 5, title=str(_("Decide whether to go on"))),
    ]


def _build_silence() -> list[SequenceStep]:
    return [_build_step(Kind.EMAIL, 0), _build_step(Kind.EMAIL, 10, in_thread=True)]


EXAMPLES = {
    example.code: example
    for example in (
        Example("first-contact", _("First contact with a new lead"), "lead", _build_first_contact),
        Example("offer", _("After an offer"), "lead", _build_offer),
        Example("silence", _("Contacts who haven’t been heard of for long"), "contact", _build_silence),
    )
}


def get_examples(user: Any) -> list[Example]:
    """Those about records that the user may view."""
    return [one for one in EXAMPLES.values() if user.has_perm(KINDS[one.table].get_right("view"))]


def get_example(code: str, user: Any) -> Sequence | None:
    """A new sequence with the steps of an example; None for none."""
    example = next((one for one in get_examples(user) if one.code == code), None)
    if example is None:
        return None
    steps = [step.as_json for step in example.steps()]
    return Sequence(name=str(example.label)[:60], table_of=example.table, steps=steps)
