"""What others have lately done to a user's leads: the newest changes and activities, however many leads there are.

No index follows the time of a change, because every edit would have to write it. So two bounded searches find the leads:
one through the last operations of other users, and one through the user's newest leads. Together they find everything for
users with up to LEADS leads in each department. For others, they may miss changes of older leads before the last operations.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Activity, AttachedFile, Change
from crm.platform.sql.cache_keys import Reader, ValueOfRequest
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.day_start import get_day_start
from crm.records.history.timeline import TimelineEntry
from crm.records.history.visible_operations import describe_operation
from crm.work.activities.combined_timeline import TimelineLine
from leads.models import Lead
from leads.timeline import LeadTimeline

# How many operations are looked through, how many changes of each, and how many changes of them all.
OPERATIONS, CHANGES_OF_ONE, CHANGES = 300, 200, 1_000
# The user's newest leads in each department.
LEADS = 500
# Some of the leads found have only changes that aren't shown.
SPARE = 5
# From this many changes of one lead on, they aren't counted.
COUNTED = 20
# Of all these leads together; so many in two days are a matter for the timeline.
ACTIVITIES = 200

# With an end, the table of one month remains, or two, in place of those of all months to come.
LATELY = "at BETWEEN %(since)s AND %(until)s"
BY_OTHERS = "(o.by_id IS DISTINCT FROM %(user)s OR o.channel IN ('api', 'assistant'))"
# An operation is a range of operations: of one, PostgreSQL expects few changes, and reads and sorts all of them. After a change of
# 310,000 leads, that took 85 ms.
NEWEST = f"""
WITH others AS MATERIALIZED (
    SELECT o.id, o.at FROM (SELECT id, at, by_id, channel FROM crm_operation ORDER BY id DESC LIMIT {OPERATIONS}) o
    WHERE o.at >= %(since)s AND {BY_OTHERS} ORDER BY o.id DESC
), changed AS MATERIALIZED (
    SELECT o.at, c."table", c.row FROM others o CROSS JOIN LATERAL (
        SELECT "table", row FROM crm_change WHERE operation_id BETWEEN o.id AND o.id AND {LATELY}
        ORDER BY operation_id DESC, id DESC LIMIT {CHANGES_OF_ONE}) c
    LIMIT {CHANGES}
), touched AS (
    SELECT at, row AS lead FROM changed WHERE "table" = 'lead'
    UNION ALL
    SELECT d.at, a.record FROM changed d JOIN crm_activity a ON a.id = d.row AND a.of = 'lead'
    WHERE d."table" = 'activity' AND a.private_to_id IS NULL
), own AS (
    SELECT t.at, t.lead FROM touched t JOIN leads_lead l ON l.id = t.lead
    WHERE l.owner_id = %(user)s AND l.deleted_at IS NULL
    UNION ALL
    SELECT c.at, l.id FROM unnest(%(departments)s::bigint[]) AS d(id) CROSS JOIN LATERAL (
        SELECT id, updated_at FROM leads_lead
        WHERE owner_id = %(user)s AND department_id = d.id AND deleted_at IS NULL
        ORDER BY created_at DESC, id DESC LIMIT {LEADS}) l
    CROSS JOIN LATERAL (
        SELECT c.at FROM crm_change c LEFT JOIN crm_operation o ON o.id = c.operation_id
        WHERE c."table" = 'lead' AND c.row = l.id AND c.{LATELY} AND {BY_OTHERS} ORDER BY c.id DESC LIMIT 1) c
    WHERE l.updated_at >= %(since)s
)
SELECT lead FROM own GROUP BY lead ORDER BY max(at) DESC, lead DESC LIMIT %(most)s
"""  # noqa: S608 - constants
CHANGES_OF = f"""
SELECT c.id FROM unnest(%(leads)s::bigint[]) AS l(id) CROSS JOIN LATERAL (
    SELECT c.id FROM crm_change c LEFT JOIN crm_operation o ON o.id = c.operation_id
    WHERE c."table" = 'lead' AND c.row = l.id AND c.{LATELY} AND {BY_OTHERS}
    ORDER BY c.id DESC LIMIT {COUNTED}) c
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class LeadNews:
    """One thing that someone else did to a lead, and how many more there are."""

    lead: Lead
    what: TimelineEntry | TimelineLine
    more: int = 0

    @property
    def at(self) -> datetime:
        """When it was recorded: a call can be logged later than it was made."""
        return self.what.at if isinstance(self.what, TimelineEntry) else self.what.activity.created_at

    @property
    def actor_name(self) -> str:
        if isinstance(self.what, TimelineEntry):
            return self.what.who
        author = self.what.activity.created_by
        return author.name if author else _("The system")

    @property
    def count_text(self) -> str:
        return f"{COUNTED}+" if self.more >= COUNTED else str(self.more)


def get_start_of_yesterday() -> datetime:
    """The beginning of yesterday in the user's time zone."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return get_day_start(yesterday)


def get_recent_changes(user: User, since: datetime, most: int) -> list[LeadNews]:
    """What others did to the user's leads since then: the newest of each lead, newest first."""
    until = timezone.now() + timedelta(days=1)
    values = {
        "user": user.pk,
        "since": since,
        "until": until,
        "departments": user.installation_department_ids,
    }
    ids = _fetch_ids(NEWEST, {**values, "most": most + SPARE})
    if not ids:
        return []
    leads = get_records_compiled_once(_own_leads_queryset, ids, Reader.from_user(user))
    newest = [_get_newest(news) for news in _iterate_news_by_lead(leads, user, values) if news]
    return sorted(newest, key=lambda news: (news.at, news.lead.pk), reverse=True)[:most]


def _get_newest(news: list[LeadNews]) -> LeadNews:
    return replace(max(news, key=lambda one: one.at), more=len(news) - 1)


def _iterate_news_by_lead(leads: list[Lead], user: User, values: dict[str, Any]) -> Iterator[list[LeadNews]]:
    ids = [lead.pk for lead in leads]
    changes = _fetch_ids(CHANGES_OF, {**values, "leads": ids})
    noted = _get_activity_lines(ids, user, values["since"])
    # At once: the entries of a timeline follow from the changes alone, and finding the fields takes longest.
    told = get_records_compiled_once(_get_newest_changes, changes, values["since"])
    changed: dict[int, list[TimelineEntry]] = defaultdict(list)
    for entry in (
        LeadTimeline(leads[0], user, describe_operation).build_entries(told, with_undo=False) if leads else []
    ):
        changed[entry.change.row].append(entry)
    for lead in leads:
        every: list[TimelineEntry | TimelineLine] = [*changed[lead.pk], *noted[lead.pk]]
        yield [LeadNews(lead, what) for what in every]


def _get_activity_lines(leads: list[int], user: User, since: datetime) -> dict[int, list[TimelineLine]]:
    activities = get_records_compiled_once(_get_newest_activities, leads, ValueOfRequest(user.pk), since)
    with_files = [activity.pk for activity in activities if activity.type == Activity.Type.FILE]
    files = _group_by_column(
        AttachedFile.objects.of_activities(with_files) if with_files else [], "activity_id"
    )
    found: dict[int, list[TimelineLine]] = defaultdict(list)
    for row in activities:
        line = TimelineLine(row, may_change=False, edited=False, files=tuple(files[row.pk]))
        found[row.record].append(line)
    return found


# The queries of these records, which are kept (crm/platform/sql/compiled_querysets.py).


def _own_leads_queryset(ids: list[int], user: Reader) -> Any:
    rows = Lead.objects.present().visible_to(user).owned_by(user.pk)
    return rows.filter(pk__any=ids).defer("description")


def _get_newest_changes(ids: list[int], since: datetime) -> Any:
    return Change.objects.filter(pk__any=ids, at__gte=since).with_operations().newest_first()


def _get_newest_activities(leads: list[int], user: int, since: datetime) -> Any:
    rows = (
        Activity.objects.present()
        .public()
        .of_records_in_array(Lead.table, leads)
        .added_by_others(user, since)
    )
    return rows.with_author().newest_first()[:ACTIVITIES]


def _group_by_column(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _fetch_ids(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [pk for (pk,) in cursor.fetchall()]
