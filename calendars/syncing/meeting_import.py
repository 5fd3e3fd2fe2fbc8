"""Events with people whom Leadwell knows become planned meetings on their records."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from calendars.events.event_values import ReadTime
from calendars.models import EventTime
from calendars.syncing.pair_steps import count_minutes
from calendars.verbs import AddCalendarMeeting
from crm.models import Activity, Change, Operation
from crm.platform.configuration.company import get_company_language
from crm.platform.web.calendar_files import get_site_host
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.work.templates.merge_fields import escape_markdown
from mailboxes.receiving.record_lookup import RecordId

# Of a series, the meetings of the next months are added, and later ones when they are near.
SERIES_AHEAD = timedelta(days=90)


def is_importable(at: EventTime, one: ReadTime, own: set[str]) -> bool:
    """Whether it may become a meeting: it isn't over, canceled, declined or private, and Leadwell didn't send it itself."""
    now = timezone.now()
    if one.canceled or one.private or at.ends <= now or not own.isdisjoint(one.declined):
        return False
    if at.event.recurring and at.begins > now + SERIES_AHEAD:
        return False
    return not at.event.uid.endswith(f"@{get_site_host()}")


def find_record(one: ReadTime, records: Mapping[str, list[RecordId]], own: set[str]) -> RecordId | None:
    """The record of the first of its people who is known."""
    return next(
        (records[address][0] for address in one.people if address not in own and address in records), None
    )


def import_meeting(user: User, at: EventTime, one: ReadTime, place: RecordId) -> None:
    """Add the meeting, or link one that is there already: of a calendar that was connected before, or typed in twice."""
    meeting = _find_same_meeting(user, one, place) or _add_meeting(user, one, place)
    if meeting is not None:
        at.activity, at.ours, at.agreed = meeting, False, one.values.digest
        at.save(update_fields=["activity", "ours", "agreed"])


def _build_text(user: User) -> str:
    """For all who see the record, so in the language of the company. The name isn't Markdown."""
    with translation.override(get_company_language()):
        return _("From %(name)s’s calendar.") % {"name": escape_markdown(user.name)}


def _find_same_meeting(user: User, one: ReadTime, place: RecordId) -> int | None:
    rows = Activity.objects.present().planned().meetings().by_user(user).of_record(*place)
    rows = rows.at_one_of([one.values.begins]).exclude(pk__in=EventTime.objects.with_activity())
    return next((row.pk for row in rows if row.subject == one.values.title), None)


def _add_meeting(user: User, one: ReadTime, place: RecordId) -> int | None:
    """None if the user may not change the record."""
    model: Any = KINDS[place[0]].model
    if not user.has_perms([KINDS[place[0]].get_right("view"), model.get_right("change")]):
        return None
    values = one.values
    verb = AddCalendarMeeting(
        user,
        text=_build_text(user),
        at=values.begins,
        minutes=count_minutes(values),
        subject=values.title,
        place=values.place,
    )
    rows = model._default_manager.present().changeable_by(user).filter(pk=place[1])
    outcome = carry_out(verb, rows, by=user, channel=Operation.Channel.SYSTEM)
    if outcome.operation is None:
        return None
    added = Change.objects.of_operation_and_parts(outcome.operation, Activity.table)
    return next(iter(added.values_list("row", flat=True)), None)
