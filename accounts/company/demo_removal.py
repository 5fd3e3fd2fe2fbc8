"""The removal of the demo: all records that it added go to Trash in one change, which can be undone.

Users and settings stay, and so do records that people added or imported.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db.models import F, Func, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.models import Job, Operation, Verdict
from crm.platform.models.operation import LOAD_DEMO, REMOVE_DEMO
from crm.platform.web.start_page.setup_steps import RIGHT
from crm.records.history.operation_results import write_operation_result
from crm.records.history.verb_execution import Verb, carry_out, operation
from crm.records.history.verbs.delete import Delete
from crm.records.kinds.kind_registry import KINDS, Kind


class LoadDemo(Verb):
    """Recorded by crm/platform/server/demo.py."""

    kind = LOAD_DEMO
    icon = "download"

    @classmethod
    def get_right(cls, model: Any) -> str:
        return RIGHT

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Load the demo")

    @classmethod
    def describe_finality(cls, record):
        return _("The demo can be removed in Settings.")


class RemoveDemo(Delete):
    kind = REMOVE_DEMO
    title = _lazy("Remove the demo")

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Remove the demo")


def is_demo_there() -> bool:
    """Whether the demo was loaded and not removed since."""
    last = Operation.objects.of_demo().newest_first().first()
    return last is not None and (last.kind == LOAD_DEMO or last.undone_by.exists())


def count_demo_records(user: User) -> list[tuple[Kind, int]]:
    """How many of the demo's records aren't in Trash, by kind, as far as the user may delete them."""
    found = [(kind, demo_records_queryset(kind, user).count()) for kind in KINDS.values()]
    return [(kind, count) for kind, count in found if count]


def demo_records_queryset(kind: Kind, user: User) -> QuerySet[Any]:
    added = Verdict.objects.made_by_demo(kind.name).values(row=Func(F("ids"), function="unnest"))
    return kind.model.objects.present().changeable_by(user).filter(pk__in=added)


def find_removal_job() -> Job | None:
    """The job that removes the demo at this moment."""
    return Job.objects.unfinished().of_kinds(REMOVE_DEMO).newest_first().first()


def remove_demo(by: User, progress: Callable[[int, int], None]) -> Operation | None:
    """Move all its records to Trash in one operation; None if none is left. Raises PermissionDenied."""
    begun, done, outcomes = time.monotonic(), 0, []
    work = [
        (kind, list(demo_records_queryset(kind, by).order_by("pk").values_list("pk", flat=True)))
        for kind in KINDS.values()
    ]
    total = sum(len(ids) for _kind, ids in work)
    if not total:
        return None
    with operation(REMOVE_DEMO, by=by, channel=Operation.Channel.BULK, matched=total) as record:
        for kind, ids in work:
            rows = kind.model.objects.present().changeable_by(by)
            shown = _build_partial_progress(progress, done, total)
            outcomes.append(carry_out(RemoveDemo(), rows, by=by, wanted=ids, joined=record, progress=shown))
            done += len(ids)
        write_operation_result(record, outcomes, begun)
    return record


def _build_partial_progress(
    progress: Callable[[int, int], None], before: int, total: int
) -> Callable[[int, int], None]:
    """The progress of one kind, as a part of the total."""
    return lambda done, _total: progress(before + done, total)
