"""Which leads are waiting for a user: one query that collects the most urgent leads of each reason along an index.

Each reason gives at most MOST leads, so the cost doesn't depend on how many a user has. leads/queue/priority_reasons.py puts them in
order.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateField, Exists, F, FloatField, Func, OuterRef, TimeField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from crm.platform.sql.expressions import Outer
from crm.records.paging.compiled_statements import Statement, compile_once
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from leads.models import Lead, QueueHold, QueueRules, QueueStep, Status
from leads.queue.day_bounds import STAND_INS, get_moments, insert_moments
from leads.queue.priority_reasons import (
    CONTACT_OVERDUE,
    CONTACT_TODAY,
    NEW,
    NO_SHOW,
    REASONS,
    STUCK,
    TASK_OVERDUE,
    TASK_TODAY,
    Moment,
    QueuePlace,
    build_ordered_places,
)
from leads.statuses import reference_tables
from leads.stuck.stuck_leads import build_nothing_planned_condition, get_latest_stuck, get_limited_statuses

MOST = 100
CONTACT, TASK = "contact", "task"
# Later, a no-show is no longer news: the lead is stuck, if anything.
NO_SHOW_DAYS = 14
# Of a task without a time of day.
END_OF_DAY = time(23, 59, 59)
COLUMNS = ("code", "moment", "day", "clock")
NO_MOMENT = Cast(Value(None), FloatField())
NO_DAY, NO_CLOCK = Cast(Value(None), DateField()), Cast(Value(None), TimeField())
# What the user has done or skipped today is read once, for all parts.
DONE = """WITH done AS MATERIALIZED (SELECT lead FROM leads_queuestep WHERE user_id = %s AND until > %s) """
TASKS = f"""
(SELECT task.record, lead.vip, lead.score, '{TASK}', NULL::float8, task.due_on, task.due_time
FROM ({{tasks}}) AS task CROSS JOIN LATERAL ({{lead}}) AS lead
ORDER BY task.due_on, task.due_time, task.id LIMIT {MOST})"""  # noqa: S608 - constants
# The planner chooses whether it begins with the meetings or with the user's leads; only then, each is looked up once more.
NO_SHOWS = f"""
SELECT missed.record, missed.vip, missed.score, '{NO_SHOW}', extract(epoch from missed.at)::float8, NULL::date, NULL::time
FROM (SELECT meeting.record, meeting.at, lead.vip, lead.score FROM ({{meetings}}) AS meeting JOIN ({{leads}}) AS lead
    ON lead.id = meeting.record AND lead.status_since <= meeting.at OFFSET 0) AS missed
CROSS JOIN LATERAL (SELECT WHERE NOT EXISTS ({{said}}) AND NOT EXISTS ({{done}}) LIMIT 1) AS still
ORDER BY missed.at LIMIT {MOST}"""  # noqa: S608 - constants
STAYS = "SELECT stuck.* FROM (VALUES {stays}) AS stay (status, until) CROSS JOIN LATERAL ({leads}) AS stuck"


class Seconds(Func):
    """A moment in seconds since 1970: reading 700 of them as times of Python takes longer than finding them."""

    template, output_field = "extract(epoch from %(expressions)s)::float8", FloatField()


def get_waiting_leads(person: User, rules: QueueRules, *, viewer: User | None = None) -> list[QueuePlace]:
    """The leads in the queue of this user, in order. Another viewer gets only those that they see too."""
    leads, own = (
        Lead.objects.present().changeable_by(person),
        Lead.objects.present().own_of(person),
    )
    if viewer is not None and viewer != person:
        leads, own = leads.visible_to(viewer), own.visible_to(viewer)
    moments = get_moments(person)
    wanted = tuple(code for code in REASONS if getattr(rules, code))
    statuses = tuple((row.pk, row.kind, row.most_days) for row in reference_tables.get_statuses().values())
    parts = [_build_tasks_sql(leads, person.pk, wanted), _build_own_leads_sql(own, wanted, statuses)]
    if not any(sql for sql, _parameters in parts):
        return []
    sql: str = DONE
    parameters: list[Any] = [person.pk, moments.now]
    sql += " UNION ALL ".join(part for part, _parameters in parts if part)
    parameters += [value for _part, values in parts for value in insert_moments(values, moments)]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return _build_places(cursor.fetchall(), rules, person, moments.now)


@compile_once
def _build_tasks_sql(leads: Any, person: int, wanted: Sequence[str]) -> Statement:
    """The user's tasks until today, on any of these leads, which the user may change; '' if there are none. For stand-ins of
    the moments.

    Each lead is looked up by its id: the planner might otherwise make a list of all leads that the user may change.
    """
    if TASK_OVERDUE not in wanted and TASK_TODAY not in wanted:
        return "", []
    rows = Task.objects.present().open().for_user(person).due_until(STAND_INS.today)
    # "record__gt" names the condition of the index (LISTED in crm/work/models/task.py).
    rows = (
        rows.filter(of=Lead.table, record__gt=0).in_order().values_list("record", "due_on", "due_time", "id")
    )
    lead = _exclude_done(leads).filter(pk=Outer("task.record")).values_list("vip", "score")[:1]
    try:
        (tasks, values), (one, more) = rows.query.sql_with_params(), lead.query.sql_with_params()
    except EmptyResultSet:
        # A user who may change no lead.
        return "", []
    return TASKS.format(tasks=tasks, lead=one), [*values, *more]


@compile_once
def _build_own_leads_sql(leads: Any, wanted: Sequence[str], statuses: Sequence[Any]) -> Statement:
    """The same for the other reasons, which only the user's own leads have. `statuses` are only named because the query
    depends on them."""
    own = _exclude_done(leads)
    try:
        found = [part.query.sql_with_params() for part in _iterate_new_leads(own, wanted, STAND_INS.end)]
        if STUCK in wanted and get_limited_statuses():
            found.append(_build_stuck_leads_sql(own))
        if NO_SHOW in wanted:
            found.append(_build_no_shows_sql(own))
    except EmptyResultSet:
        return "", []
    sql = " UNION ALL ".join(f"({part})" for part, _values in found)
    return sql, [value for _part, values in found for value in values]


def _build_stuck_leads_sql(leads: Any) -> Statement:
    """Status by status, because each has its own limit and its own part of the index, but planned once for all of them."""
    limits = [(status.pk, get_latest_stuck(status, STAND_INS.now)) for status in get_limited_statuses()]
    rows = leads.filter(status=Outer("stay.status"), status_since__lte=Outer("stay.until"))
    rows = rows.filter(build_nothing_planned_condition(STAND_INS.midnight, STAND_INS.day)).order_by(
        "status_since"
    )
    sql, values = _select_reason_columns(rows, STUCK, "status_since").query.sql_with_params()
    stays = ", ".join(["(%s::bigint, %s::timestamptz)"] * len(limits))
    return STAYS.format(stays=stays, leads=sql), [*(value for limit in limits for value in limit), *values]


def _build_no_shows_sql(leads: Any) -> Statement:
    """The open leads that didn’t come to their last meeting, and for which nothing has been done since or is planned."""
    since = STAND_INS.now - timedelta(days=NO_SHOW_DAYS)
    meetings = Activity.objects.present().public().of_kind(Lead.table).no_shows().begins_from(since)
    at, lead = Outer("missed.at"), (Lead.table, Outer("missed.record"))
    statuses = [row.pk for row in reference_tables.get_statuses().values() if row.is_open]
    own = leads.in_statuses(statuses).filter(
        build_nothing_planned_condition(STAND_INS.midnight, STAND_INS.day)
    )
    parts = {
        "meetings": meetings.values("record", "at"),
        "leads": own.values("id", "vip", "score", "status_since"),
        "said": Activity.objects.present().of_record(*lead).said_or_planned_after(at).values("id"),
        "done": Task.objects.present().of_record(*lead).filter(done_at__gt=at).values("id"),
    }
    found = {name: rows.query.sql_with_params() for name, rows in parts.items()}
    sql = NO_SHOWS.format(**{name: part for name, (part, _values) in found.items()})
    return sql, [value for _part, values in found.values() for value in values]


def _exclude_done(leads: Any) -> Any:
    """Without those that the user has done or skipped today."""
    return leads.filter(erased_at=None).exclude(pk__any=Outer("ARRAY(SELECT lead FROM done)"))


def get_unassigned_leads(person: User, rules: QueueRules) -> list[QueuePlace]:
    """The new leads without an owner in the user's departments that the user may take and no one else was given, in order:
    among the newest of them, so that this is a short walk along an index."""
    if not person.has_perms(["leads.take_lead", "leads.change_lead"]):
        return []
    now = timezone.now()
    given = QueueHold.objects.of_others(person).in_effect(now).of_lead(OuterRef("pk"))
    leads = _not_done_today_queryset(Lead.objects.present().takeable_by(person), person.pk, now)
    newest = [
        leads.in_department(department).order_by("-created_at", "-id").values("pk")[: 5 * MOST]
        for department in person.department_ids
    ]
    if not newest:
        return []
    rows = leads.filter(~Exists(given), pk__in=newest[0].union(*newest[1:], all=True))
    wanted = [code for code in REASONS if getattr(rules, code)]
    rows = [row for part in _iterate_new_leads(rows, wanted, get_moments(person).end) for row in part]
    return _build_places(rows, rules, person, now)


def _iterate_new_leads(leads: Any, wanted: Sequence[str], end: datetime) -> Iterator[Any]:
    """Those whose first contact is due until the end of today, and the others that are new, the newest first."""
    free = leads.filter(first_contacted_at=None)
    if CONTACT_OVERDUE in wanted or CONTACT_TODAY in wanted:
        due = free.filter(contact_due_at__lt=end).order_by("contact_due_at")
        yield _select_reason_columns(due, CONTACT, "contact_due_at")
    for status in reference_tables.get_statuses().values():
        if NEW in wanted and status.kind == Status.Kind.NEW:
            yield _select_reason_columns(
                free.in_statuses([status.pk]).order_by("-status_since"), NEW, "status_since"
            )


def _select_reason_columns(leads: Any, code: str, column: str) -> Any:
    values = {
        "code": Value(code),
        "star": F("vip"),
        "points": F("score"),
        "moment": Seconds(column),
        "day": NO_DAY,
        "clock": NO_CLOCK,
    }
    return leads.annotate(**values).values_list("pk", "star", "points", *COLUMNS)[:MOST]


def _not_done_today_queryset(leads: Any, person: int, now: datetime) -> Any:
    """Without those that the user has done or skipped today."""
    steps = QueueStep.objects.of_user(person).in_effect(now).filter(lead=OuterRef("pk"))
    return leads.filter(~Exists(steps), erased_at=None)


def _build_places(rows: Sequence[Any], rules: QueueRules, person: User, now: datetime) -> list[QueuePlace]:
    found, scores = _build_waiting_leads(rows, person, now), {row[0]: row[2] for row in rows}
    return build_ordered_places(found, rules, scores, midnight=_get_midnight(person, now))


def _build_waiting_leads(
    rows: Iterable[Any], person: User, at: datetime
) -> Iterator[tuple[int, bool, str, Moment]]:
    now = at.timestamp()
    for lead, vip, _score, code, moment, day, clock in rows:
        if code == TASK:
            # Its day and time are on the clock of the user it is for.
            seconds = datetime.combine(day, clock or END_OF_DAY, tzinfo=person.zone).timestamp()
            yield lead, vip, TASK_OVERDUE if seconds < now else TASK_TODAY, (seconds, clock is not None)
            continue
        if code == CONTACT:
            code = CONTACT_OVERDUE if moment <= now else CONTACT_TODAY
        yield lead, vip, code, (moment, True)


def _get_midnight(person: User, now: datetime) -> float:
    """When the user's day began, in seconds since 1970."""
    return datetime.combine(now.astimezone(person.zone).date(), time(), person.zone).timestamp()


def get_local_now(person: User) -> datetime:
    """Now, on the clock that the user's tasks have their days and times on."""
    return timezone.now().astimezone(person.zone)


def get_local_today(person: User) -> Any:
    return get_local_now(person).date()


def end_of_today(person: User) -> datetime:
    return datetime.combine(get_local_today(person) + timedelta(days=1), time(), tzinfo=person.zone)
