"""Deactivating a user: end all access at once and reassign their work; and reactivating them."""

import time
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.authentication.sessions import end_user_sessions
from accounts.models import CalendarFeed, Department, Membership, User
from accounts.ownership.verbs import HandOver
from accounts.ownership.verbs.reassign_tasks import reassign_tasks
from accounts.users.deactivation_notices import get_uses_by_administrator, notify_administrators
from accounts.users.last_administrator import check_not_the_last
from accounts.users.owned_objects import (
    get_not_reassigned_sentence,
    get_owned_kinds,
    reassignable_records_queryset,
)
from crm.models import Job, Operation, SavedView, Token, Webhook
from crm.platform import jobs
from crm.platform.web.security_log import write_security_line
from crm.records.editing.bulk_actions import ROWS_AT_ONCE
from crm.records.history.operation_results import write_operation_result
from crm.records.history.undo.undo_permission import get_undo_obstacle
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import Kind


@dataclass(frozen=True)
class Heirs:
    """Who gets the open records: no one, one user, or the members of a department evenly."""

    users: tuple[User, ...] = ()
    department: Department | None = None

    def as_arguments(self) -> dict:
        """For a job: only IDs."""
        return {
            "owners": [user.pk for user in self.users],
            "department": self.department.pk if self.department else None,
        }

    @classmethod
    def from_arguments(cls, arguments: dict) -> "Heirs":
        users = User.objects.with_rights().in_bulk(arguments["owners"])
        department = Department.objects.filter(pk=arguments["department"]).first()
        return cls(tuple(users[pk] for pk in arguments["owners"]), department)


@dataclass(frozen=True)
class DeactivationResult:
    """The result: the operation that reassigned the records, or the job that does so, or why the records stay."""

    record: Operation | None = None
    job: Job | None = None
    left: str = ""


@transaction.atomic
def deactivate(user: User, heirs: Heirs, *, by: User, program: str = "") -> DeactivationResult:
    """All in one transaction. A second call only reassigns what is still there. If a `program` asks for it, administrators are
    notified of what uses the user.

    Many records are reassigned by a job, and too many for one change stay; all access ends immediately anyway. Raises
    LastAdministrator, and PermissionDenied if `by` was deactivated since or lacks a permission.
    """
    check_not_the_last(user)
    if not User.objects.active().filter(pk=by.pk).exists() or user.pk == by.pk:
        raise PermissionDenied
    used = get_uses_by_administrator(user) if program else []
    if was_active := _write_deactivation(user, by=by):
        notify_administrators(user, used, program=program)
    views = reassign_views(user, heirs.users[0] if len(heirs.users) == 1 else by)
    numbers = count_open_records(user, by)
    if not by.has_perms([kind.get_right(HandOver.action) for kind in numbers]):
        raise PermissionDenied
    total = sum(numbers.values())
    if left := get_not_reassigned_sentence(user, total):
        done = DeactivationResult(left=left)
    elif total > ROWS_AT_ONCE:
        arguments = {"user": user.pk, **heirs.as_arguments()}
        done = DeactivationResult(job=jobs.start_job("hand_over", by, arguments, total=total))
    else:
        done = DeactivationResult(record=reassign_open_records(user, heirs, by=by))
    if views or (was_active and (left or not total)):
        record_view_reassignment(user, views, by=by, record=done.record)
    return done


@transaction.atomic
def deactivate_without_heirs(user: User, *, by: User) -> None:
    """For a user who has nothing that someone has to take over (get_owner_ids). Raises LastAdministrator."""
    check_not_the_last(user)
    _write_deactivation(user, by=by)


def _write_deactivation(user: User, *, by: User) -> bool:
    """End all access at once. Returns whether the user was active until now."""
    was_active = bool(User.objects.active().filter(pk=user.pk).update(is_active=False))
    user.is_active = False
    end_all_access(user)
    if was_active:
        write_security_line("user_deactivated", by=by, of=user.pk, of_email=user.email)
    return was_active


# The open records of a user who leaves, by kind; only kinds with open records.
Work = list[tuple[Kind, list[int]]]


def count_open_records(user: User, by: User) -> dict[Kind, int]:
    """How many open records of each kind the user has; only kinds with open records."""
    found = {kind: reassignable_records_queryset(kind, user, by).count() for kind in get_owned_kinds()}
    return {kind: number for kind, number in found.items() if number}


def get_open_record_ids(user: User, by: User) -> Work:
    found = [
        (kind, list(reassignable_records_queryset(kind, user, by).values_list("pk", flat=True)))
        for kind in get_owned_kinds()
    ]
    return [(kind, ids) for kind, ids in found if ids]


def count_record_ids(work: Work) -> int:
    return sum(len(ids) for _kind, ids in work)


def reassign_views(user: User, heir: User) -> dict[str, int]:
    """The shared views get another owner; returns the new owners by ID."""
    views = SavedView.objects.owned_by(user).shared()
    handed = {str(view.pk): heir.pk for view in views}
    views.update(owner=heir)
    return handed


def record_view_reassignment(
    user: User, views: dict[str, int], *, by: User, record: Operation | None
) -> None:
    """Views have no history: their new owners are recorded with the reassigned records, or, if a job does that, before
    it."""
    record = record or Operation(kind=HandOver.kind, by=by, parameters=HandOver(None, user).get_parameters())
    record.parameters |= {"handed_views": views}
    record.save()


def end_all_access(user: User) -> None:
    """The only place where a user's sessions, links, tokens, webhooks, and queued work end; new kinds of access end
    here too."""
    end_user_sessions(user)
    Token.objects.of_user(user).revoke()
    CalendarFeed.objects.of_user(user).delete()
    Webhook.objects.of_user(user).update(active=False, failing_since=None)
    jobs.cancel_all_of(user)


def reassign_open_records(user: User, heirs: Heirs, *, by: User, progress=None) -> Operation | None:
    """Reassign everything `user` still has, of every kind, in one operation, and then their tasks on other records; None
    if no record changes."""
    work = get_open_record_ids(user, by)
    record = _reassign_records(work, user, heirs, by=by, progress=progress) if work else None
    reassign_tasks(user, heirs.users[0] if len(heirs.users) == 1 else None, by=by)
    return record


def _reassign_records(work: Work, user: User, heirs: Heirs, *, by: User, progress) -> Operation:
    begun, done, outcomes, total = time.monotonic(), 0, [], count_record_ids(work)
    with operation(
        HandOver.kind,
        table=work[0][0].name if len(work) == 1 else "",
        by=by,
        parameters=HandOver(None, user, heirs.users).get_parameters(),
        matched=total,
    ) as record:
        for kind, ids in work:
            verb = HandOver(kind.model, user, heirs.users, heirs.department)
            rows, shown = (
                reassignable_records_queryset(kind, user, by),
                progress and _build_partial_progress(progress, done, total),
            )
            outcomes.append(carry_out(verb, rows, by=by, wanted=ids, joined=record, progress=shown))
            done += len(ids)
        write_operation_result(record, outcomes, begun)
    return record


def _build_partial_progress(progress, before: int, total: int):
    """The progress of one kind, as a part of the total."""
    return lambda done, _total: progress(before + done, total)


@transaction.atomic
def reactivate(user: User) -> int:
    """Restore access, with the same roles; departments retired since are removed.

    Returns how many shared views the user gets back: those that still belong to the colleagues who got them.
    """
    Membership.objects.filter(user=user, department__retired=True).delete()
    User.objects.filter(pk=user.pk).update(is_active=True)
    back = 0
    for record in Operation.objects.filter(kind=HandOver.kind, parameters__user=user.pk):
        for view, heir in record.parameters.get("handed_views", {}).items():
            back += SavedView.objects.filter(pk=view, owner=heir).update(owner=user)
    return back


def get_last_reassignment(user: User, by: User) -> Operation | None:
    """The operation that reassigned their leads, as long as `by` may undo it."""
    done = Operation.objects.filter(kind=HandOver.kind, parameters__user=user.pk, changed__gt=0)
    record = done.newest_first().first()
    return record if record and not get_undo_obstacle(record, by) else None
