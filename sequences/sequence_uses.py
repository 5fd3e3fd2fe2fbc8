"""Which sequences name a status or a template, and which records are in one in the name of a user: the pages that retire or deactivate
one of them name the sequences. Replacing a status, as merging does, rewrites them."""

from typing import Any

from django.utils.translation import ngettext_lazy

from accounts.models import User
from crm.models import Template
from crm.records.kinds.record_uses import Uses, build_uses_by_rules
from leads.models import Status
from sequences.models import Enrollment, Sequence

OF_STATUSES = ngettext_lazy(
    "%(number)s sequence ends with it. Check the sequence afterwards",
    "%(number)s sequences end with it. Check the sequences afterwards",
    "number",
)
OF_TEMPLATES = ngettext_lazy(
    "%(number)s sequence sends it. Its email then waits until you choose another template",
    "%(number)s sequences send it. Their emails then wait until you choose another template",
    "number",
)
OF_AUTHORS = ngettext_lazy(
    "%(number)s sequence is running in the name of this user. It ends for these records",
    "%(number)s sequences are running in the name of this user. They end for these records",
    "number",
)


def find_sequences_using(record: Any, viewer: User) -> list[Uses]:
    """Also those that are turned off, because they may be turned on again."""
    if isinstance(record, User):
        ids = Enrollment.objects.running().filter(author=record).order_by().values("sequence")
        return _build_uses(list(Sequence.objects.filter(pk__in=ids).in_order()), OF_AUTHORS, viewer)
    if isinstance(record, Status):
        return _build_uses([one for one in _rows() if record.pk in one.stop_statuses], OF_STATUSES, viewer)
    if isinstance(record, Template):
        rows = [one for one in _rows() if record.pk in {step.template for step in one.parsed_steps}]
        return _build_uses(rows, OF_TEMPLATES, viewer)
    return []


def _rows() -> Any:
    return Sequence.objects.active().in_order()


def _build_uses(rows: list[Sequence], words: Any, viewer: User) -> list[Uses]:
    return build_uses_by_rules(rows, words, viewer, "sequences:sequence")


def replace_value_in_sequences(parameter: str, old: int | str, new: int | str) -> None:
    """Replace a status everywhere, such as one that was merged into another one, within the operation that merges it."""
    if parameter != "status":
        return
    for sequence in Sequence.objects.active():
        found = [int(new) if pk == int(old) else pk for pk in sequence.stop_statuses]
        if found != sequence.stop_statuses:
            Sequence.objects.filter(pk=sequence.pk).update(stop_statuses=list(dict.fromkeys(found)))
