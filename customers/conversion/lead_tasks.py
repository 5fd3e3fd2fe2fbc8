"""The open tasks of converted leads: they go on with the deal, or with the company or the contact that the lead became."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from accounts.models import User
from crm.records.kinds.kind_registry import Kind
from crm.work.models.task import Task
from customers.companies.kind import COMPANY
from customers.contacts.kind import CONTACT
from customers.deals.kind import DEAL
from customers.models import Deal
from leads.models import Lead

TaskRecord = tuple[Kind, int]
MOVE = """
    UPDATE crm_task t SET of = v.of, record = v.record
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) v(id, of, record)
    WHERE t.id = v.id"""


def move_tasks(links: Mapping[int, tuple[int | None, int | None]]) -> None:
    """`links` are the company and the contact of each lead. Completed tasks stay with the lead."""
    rows = Task.objects.present().open().of_records(Lead.table, [*links])
    tasks = list(rows.order_by("pk").values_list("pk", "record", "user"))
    if not tasks:
        return
    homes = get_possible_task_records(links)
    wanted: dict[int, set[TaskRecord]] = {}
    for _pk, lead, user in tasks:
        if user:
            wanted.setdefault(user, set()).update(homes[lead])
    seen = {user: get_visible_task_records(own, user) for user, own in wanted.items()}
    found = [(pk, choose_task_record(homes[lead], seen.get(user))) for pk, lead, user in tasks]
    moved = [(pk, home[0].name, home[1]) for pk, home in found if home]
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [list(column) for column in zip(*moved, strict=True)] or [[], [], []])


def get_possible_task_records(
    links: Mapping[int, tuple[int | None, int | None]],
) -> dict[int, list[TaskRecord]]:
    """Where the tasks of each lead may go, the best first: its newest open deal, the company, the contact."""
    deals = dict(Deal.objects.present().of_leads([*links]).open().order_by("pk").values_list("lead", "pk"))
    homes = {}
    for lead, (company, contact) in links.items():
        every = [(DEAL, deals.get(lead)), (COMPANY, company), (CONTACT, contact)]
        homes[lead] = [(kind, pk) for kind, pk in every if pk is not None]
    return homes


def get_visible_task_records(homes: Collection[TaskRecord], user: int) -> set[TaskRecord]:
    """Those of the records that this user sees."""
    person = User.objects.with_rights().get(pk=user)
    ids: dict[Kind, list[int]] = {}
    for kind, pk in homes:
        ids.setdefault(kind, []).append(pk)
    found: set[TaskRecord] = set()
    for kind, pks in ids.items():
        if person.has_perm(kind.get_right("view")):
            rows: Any = kind.model.objects.present().visible_to(person)
            found |= {(kind, pk) for pk in rows.filter(pk__in=pks).values_list("pk", flat=True)}
    return found


def choose_task_record(homes: Sequence[TaskRecord], seen: Collection[TaskRecord] | None) -> TaskRecord | None:
    """The first record that the user of the task sees; `seen` is None for a task that is for no one. None if the task stays
    with the lead."""
    return next((home for home in homes if seen is None or home in seen), None)
