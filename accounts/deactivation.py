"""Deactivating a user: what they have, closing every way in at once, and handing their work over; and back again."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.administrators import check_not_the_last
from accounts.models import Department, Membership, Token, User
from accounts.sessions import end_sessions_of
from crm import jobs
from crm.bulk import ROWS_AT_ONCE
from crm.change import Outcome, carry_out
from crm.models import Job, Operation, Webhook
from crm.undo import why_not
from leads.models import Lead, SavedView, Status
from leads.verbs import HandOver


def open_leads_of(user: User, viewer: User):
    """Those that are still to be worked, out of the bin, as far as the viewer sees them."""
    return Lead.objects.present().open().owned_by(user).visible_to(viewer)


def leads_to_hand_over(user: User, by: User):
    return Lead.objects.present().open().owned_by(user).changeable_by(by)


def leads_out_of_department(user: User) -> int:
    """How many open leads they own in departments that they do not belong to."""
    theirs = Membership.objects.filter(user=user).values("department")
    return Lead.objects.present().open().owned_by(user).exclude(department__in=theirs).count()


@dataclass(frozen=True)
class Belongings:
    """What a user leaves behind: open leads by status, planned actions, shared views, work in the queue.

    `elsewhere` are open leads that the viewer may not hand over.
    """

    statuses: list[tuple[Status, int]]
    leads: int
    elsewhere: int
    planned: int
    overdue: int
    views: list[SavedView]
    jobs: int


def belongings(user: User, by: User) -> Belongings:
    rows = leads_to_hand_over(user, by)
    numbers = dict(
        rows.order_by().values("status").annotate(number=Count("pk")).values_list("status", "number")
    )
    planned = rows.with_next_action()
    number = sum(numbers.values())
    return Belongings(
        statuses=[(row, numbers[row.pk]) for row in Status.objects.in_order() if row.pk in numbers],
        leads=number,
        elsewhere=Lead.objects.present().open().owned_by(user).count() - number,
        planned=planned.count(),
        overdue=planned.filter(next_action_on__lt=timezone.localdate()).count(),
        views=list(SavedView.objects.owned_by(user).shared().in_order()),
        jobs=Job.objects.filter(user=user).unfinished().count(),
    )


@dataclass(frozen=True)
class Heirs:
    """To whom the open leads go: to nobody, to one, or evenly to the members of a department."""

    users: tuple[User, ...] = ()
    department: Department | None = None

    def as_arguments(self) -> dict:
        """For a job: ids only."""
        return {
            "owners": [user.pk for user in self.users],
            "department": self.department.pk if self.department else None,
        }

    @classmethod
    def of_arguments(cls, arguments: dict) -> "Heirs":
        users = {user.pk: user for user in User.objects.with_rights().filter(pk__in=arguments["owners"])}
        department = Department.objects.filter(pk=arguments["department"]).first()
        return cls(tuple(users[pk] for pk in arguments["owners"]), department)


@dataclass(frozen=True)
class Done:
    """What came of it: the leads handed over now, or the job that does so."""

    outcome: Outcome | None = None
    job: Job | None = None


@transaction.atomic
def deactivate(user: User, heirs: Heirs, *, by: User) -> Done:
    """All in one transaction. Done twice, the second time only hands over what is still there.

    Many leads are handed over by a job; every way in is closed at once all the same.
    Raises LastAdministrator, and PermissionDenied for who was deactivated themselves meanwhile or lacks a right.
    """
    check_not_the_last(user)
    if not User.objects.active().filter(pk=by.pk).exists() or user.pk == by.pk:
        raise PermissionDenied
    was_active = bool(User.objects.active().filter(pk=user.pk).update(is_active=False))
    user.is_active = False
    close_every_way_in(user)
    views = hand_views_over(user, heirs.users[0] if len(heirs.users) == 1 else by)
    ids = list(leads_to_hand_over(user, by).values_list("pk", flat=True))
    if ids and not by.has_perm(HandOver.permission):
        raise PermissionDenied
    done = Done()
    if len(ids) > ROWS_AT_ONCE:
        arguments = {"user": user.pk, **heirs.as_arguments()}
        done = Done(job=jobs.start("hand_over", by, arguments, total=len(ids)))
    elif ids:
        done = Done(outcome=hand_over(user, heirs, by=by, ids=ids))
    if views or (was_active and not ids):
        record_views(user, views, by=by, record=done.outcome.operation if done.outcome else None)
    return done


def hand_views_over(user: User, heir: User) -> dict[str, int]:
    """The shared views get another owner; who has each now, by id."""
    views = SavedView.objects.owned_by(user).shared()
    handed = {str(view.pk): heir.pk for view in views}
    views.update(owner=heir)
    return handed


def record_views(user: User, views: dict[str, int], *, by: User, record: Operation | None) -> None:
    """Views have no history: who got them stands with the hand-over of the leads, or where that is a job's, before it."""
    record = record or Operation(kind=HandOver.kind, by=by, parameters=HandOver(user).parameters())
    record.parameters |= {"handed_views": views}
    record.save()


def close_every_way_in(user: User) -> None:
    """The one place where sessions, links, tokens, webhooks and queued work of a user end; a new kind of key ends here too."""
    end_sessions_of(user)
    Token.objects.of_user(user).revoke()
    Webhook.objects.of(user).update(active=False)
    jobs.cancel_all_of(user)


def hand_over(user: User, heirs: Heirs, *, by: User, ids: list[int], progress=None) -> Outcome:
    verb = HandOver(user, heirs.users, heirs.department)
    rows = leads_to_hand_over(user, by)
    return carry_out(verb, rows, by=by, wanted=ids, channel=Operation.Channel.WEB, progress=progress)


@transaction.atomic
def reactivate(user: User) -> int:
    """Let them in again, with their roles; departments that were retired meanwhile are theirs no more.

    Returns how many shared views they have back: those that still belong to who got them.
    """
    Membership.objects.filter(user=user, department__retired=True).delete()
    User.objects.filter(pk=user.pk).update(is_active=True)
    back = 0
    for record in Operation.objects.filter(kind=HandOver.kind, parameters__user=user.pk):
        for view, heir in record.parameters.get("handed_views", {}).items():
            back += SavedView.objects.filter(pk=view, owner=heir).update(owner=user)
    return back


def last_hand_over(user: User, by: User) -> Operation | None:
    """The operation that handed their leads over, as long as `by` may take it back."""
    done = Operation.objects.filter(kind=HandOver.kind, parameters__user=user.pk, changed__gt=0)
    record = done.newest_first().first()
    return record if record and not why_not(record, by) else None
