"""For `manage.py check_history`: whether each coming step is the one that follows from the enrollment, its log and its sequence.

The moment isn't compared: working hours may have changed since, and limits of a day and emails that haven't gone out move it.
"""

from collections.abc import Iterator, Sequence

from crm.platform.sql.chunks import split_into_chunks
from crm.records.history.history_check import Difference
from sequences.models import ComingStep, Enrollment, EnrollmentStep
from sequences.running.schedule import find_next_step

NONE = "none"


def find_wrong_coming_steps() -> Iterator[Difference]:
    """Each running enrollment has one and no other has any, it names the same author and sequence, and the step is the next one. One
    that the worker hasn't worked out yet is right."""
    for one in ComingStep.objects.of_ended().select_related("enrollment").order_by("pk"):
        yield _build_difference(one.enrollment, "coming step", one.key, NONE)
    running = list(Enrollment.objects.running().order_by("pk").values_list("pk", flat=True))
    for ids in split_into_chunks(running):
        yield from _find_wrong_ones(ids)


def _find_wrong_ones(ids: Sequence[int]) -> Iterator[Difference]:
    done: dict[int, list[str]] = {}
    for pk, key in EnrollmentStep.objects.of_enrollments(ids).in_order().values_list("enrollment", "key"):
        done.setdefault(pk, []).append(key)
    rows = Enrollment.objects.running().filter(pk__in=ids).select_related("sequence", "coming").order_by("pk")
    for one in rows:
        step = find_next_step(one.sequence.parsed_steps, done.get(one.pk, []))
        key = step.key if step else NONE
        coming = getattr(one, "coming", None)
        if coming is None:
            yield _build_difference(one, "coming step", NONE, key)
            continue
        for name in ("author", "sequence"):
            stored, own = getattr(coming, f"{name}_id"), getattr(one, f"{name}_id")
            if stored != own:
                yield _build_difference(one, f"{name} of the coming step", stored, own)
        if coming.key and coming.key != key:
            yield _build_difference(one, "coming step", coming.key, key)


def _build_difference(one: Enrollment, what: str, stored: object, rebuilt: object) -> Difference:
    return Difference(f"{one.table_of} {one.record}", what, stored, rebuilt)
