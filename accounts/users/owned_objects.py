"""What someone has to take over when a user leaves: records of every kind, views, queued jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.models.owned_record import OwnedRecord
from crm.models import Job, SavedView
from crm.records.history.multi_part_changes import get_too_large_sentence
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.work.models.task import Task


def get_owned_kinds() -> list[Kind]:
    """The kinds whose records have an owner and a department."""
    return [kind for kind in KINDS.values() if issubclass(kind.model, OwnedRecord)]


def open_records_queryset(kind: Kind, user: User) -> Any:
    """The user's open records, without Trash."""
    return kind.model.objects.present().open().owned_by(user)


def get_owner_ids(users: QuerySet[User]) -> set[int]:
    """The IDs of those among these users who have something that someone has to take over: open records, open tasks or shared
    views."""
    found: set[int] = set()
    for kind in get_owned_kinds():
        open_records: Any = kind.model.objects.present().open()
        found.update(
            open_records.filter(owner__in=users.values("pk")).values_list("owner", flat=True).distinct()
        )
    found.update(Task.objects.open().for_users(users).values_list("user", flat=True).distinct())
    found.update(
        SavedView.objects.shared().filter(owner__in=users.values("pk")).values_list("owner", flat=True)
    )
    return found


def reassignable_records_queryset(kind: Kind, user: User, by: User) -> Any:
    return open_records_queryset(kind, user).changeable_by(by)


def get_not_reassigned_sentence(user: User, count: int) -> str:
    """Why so many records stay with a user who leaves, in a sentence, or ''."""
    if not get_too_large_sentence(count):
        return ""
    return _(
        "%(name)s has too many open records to reassign all of them here. Reassign them in the list, with “Select all that "
        "match”: there, such a change runs in parts and can be stopped."
    ) % {"name": user.name}


def count_records_elsewhere(user: User) -> list[tuple[Kind, int]]:
    """The kinds in which a user has open records in departments they don't belong to, and how many."""
    theirs = Membership.objects.filter(user=user).values("department")
    counted = [
        (kind, open_records_queryset(kind, user).exclude(department__in=theirs).count())
        for kind in get_owned_kinds()
    ]
    return [(kind, number) for kind, number in counted if number]


def count_visible_records(user: User, viewer: User) -> list[tuple[Kind, int]]:
    """How many open records of each kind a user has, as far as the viewer can see them."""
    return [
        (kind, open_records_queryset(kind, user).visible_to(viewer).count()) for kind in get_owned_kinds()
    ]


def count_by_department(viewer: User) -> list[tuple[Kind, dict[int, int]]]:
    """How many records of each kind a viewer can see in each department, by its ID."""
    found = []
    for kind in get_owned_kinds():
        rows = kind.model.objects.present().visible_to(viewer).order_by()
        numbers = rows.values("department").annotate(number=Count("pk"))
        found.append((kind, dict(numbers.values_list("department", "number"))))
    return found


@dataclass(frozen=True)
class OwnedShare:
    """A value of the field that a kind is split by, and how many of the records have it."""

    value: Any
    count: int
    address: str


@dataclass(frozen=True)
class OwnedPart:
    """The open records of one kind: those that may be reassigned, and how many stay because they are out of reach."""

    kind: Kind
    count: int
    elsewhere: int
    shares: list[OwnedShare]
    tallies: Sequence[tuple[int, Any]]

    @property
    def split_label(self) -> str:
        return self.kind.get_heading(self.kind.split)


@dataclass(frozen=True)
class Belongings:
    parts: list[OwnedPart]
    views: list[SavedView]
    jobs: int
    tasks: int

    @property
    def record_count(self) -> int:
        return sum(part.count for part in self.parts)

    def may_be_handed_over_by(self, user: User) -> bool:
        return user.has_perms([part.kind.get_right("assign") for part in self.parts if part.count])


def get_belongings(user: User, by: User) -> Belongings:
    return Belongings(
        parts=[_build_part(kind, user, by) for kind in get_owned_kinds()],
        views=list(SavedView.objects.owned_by(user).shared().in_order()),
        jobs=Job.objects.filter(user=user).unfinished().count(),
        tasks=Task.objects.listed_for(by).open().for_user(user).count(),
    )


def _build_part(kind: Kind, user: User, by: User) -> OwnedPart:
    rows = reassignable_records_queryset(kind, user, by)
    shares = _build_shares(kind, rows, user) if kind.split else []
    count = sum(share.count for share in shares) if kind.split else rows.count()
    return OwnedPart(
        kind, count, open_records_queryset(kind, user).count() - count, shares, kind.tallies(rows)
    )


def _build_shares(kind: Kind, rows: QuerySet, user: User) -> list[OwnedShare]:
    """By the values of a field that refers to an ordered table, such as the status."""
    field = kind.model._meta.get_field(kind.split)
    numbers = rows.order_by().values(kind.split).annotate(number=Count("pk"))
    counted = dict(numbers.values_list(kind.split, "number"))
    values = [row for row in field.related_model.objects.in_order() if row.pk in counted]  # type: ignore[union-attr]
    address = f"{kind.get_url('list')}?owner={user.pk}&{kind.split}="
    return [OwnedShare(row, counted[row.pk], f"{address}{row.pk}") for row in values]
