"""The demo's deals, tasks and activities have a past, as if people had worked with them."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from crm.models import Activity, Change, Operation, Task
from crm.records.history.history_check import find_history_differences
from customers.models import Company, Deal
from leads.models import Lead, QueueRules
from leads.queue.priority_reasons import NO_SHOW
from leads.queue.waiting_leads import get_waiting_leads
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from tests.leads.demo.test_story import MOMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(
    scope="module", params=["a Friday", pytest.param("the first of January", marks=pytest.mark.nightly)]
)
def past(request, load_demo):
    with load_demo(2_000, MOMENTS[request.param]):
        yield


def get_changes() -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(table=Deal.table).select_related("operation").order_by("id"):
        found[change.row].append(change)
    return found


def to_text(value) -> str:
    return "" if value is None else str(int(value) if hasattr(value, "quantize") else value)


def test_the_changes_of_each_deal_lead_to_how_it_is_now(past):
    changes = get_changes()
    assert len(changes) == Deal.objects.count() > 50
    for deal in Deal.objects.all():
        own = changes[deal.pk]
        assert [change.version for change in own] == list(range(1, deal.version + 1))
        assert [change.kind for change in own] == ["insert", *["update"] * (deal.version - 1)]
        moments = [change.at for change in own]
        assert moments == sorted(moments)
        assert moments[0] == deal.created_at
        assert moments[-1] < timezone.now()
        last: dict = {}
        for change in own[1:]:
            for name, (old, new) in change.diff.items():
                assert name not in last or last[name] == old
                last[name] = new
        for name, new in last.items():
            now = getattr(deal, name)
            if isinstance(now, datetime):
                assert parse_datetime(new) == now
            else:
                assert to_text(new) == to_text(now)
        assert (deal.closed_at is None) is deal.status.is_open
    assert list(find_history_differences()) == []


def test_deals_are_added_after_their_companies_and_in_working_hours(past):
    assert not Deal.objects.filter(created_at__lt=F("company__created_at")).exists()
    moments = [
        timezone.localtime(at)
        for at in Operation.objects.filter(table="deal", kind="move").values_list("at", flat=True)
    ]
    assert {at.weekday() for at in moments} <= set(range(5))
    assert {at.hour for at in moments} <= set(range(8, 18))


def test_the_pipeline_changes_of_deals_have_something_of_each_kind(past):
    names = [
        "deals_moved",
        "deals_won",
        "deals_lost",
        "deals_slipped",
        "deals_earlier",
        "amounts_up",
        "amounts_down",
    ]
    query = "&".join([*(f"measure={name}" for name in names), "period=last90"])
    boss = User.objects.with_rights().get(email="company@demo.example")
    total = get_answer(parse_question(QueryDict(query), boss), boss).total
    assert [name for name in names if not total.get_count(name)] == []
    # A deal that was added since then hasn't moved.
    recently = get_answer(parse_question(QueryDict("measure=deals_moved&period=last30"), boss), boss).total
    assert recently.get_count("deals_moved") >= 5


def test_tasks_have_priorities_and_some_were_completed_late(past):
    rows = Task.objects.present()
    assert set(rows.open().values_list("priority", flat=True)) == {"high", "normal", "low"}
    done = rows.done()
    late = [task for task in done if timezone.localdate(task.done_at) > task.due_on]
    assert 0 < len(late) < done.count() / 2
    assert set(done.values_list("priority", flat=True)) == {"high", "normal", "low"}


def test_every_owner_has_calls_and_meetings_in_the_last_weeks(past):
    since = timezone.now() - timedelta(days=45)
    rows = Activity.objects.present().filter(at__gte=since, at__lte=timezone.now())
    for owner in Lead.objects.present().open().exclude(owner=None).values_list("owner", flat=True).distinct():
        found = Counter(rows.filter(created_by=owner).values_list("type", flat=True))
        # Emeka left some time ago.
        if User.objects.get(pk=owner).email != "emeka.obi@demo.example":
            assert found["call"] >= 3, (owner, found)
    assert set(rows.values_list("type", flat=True)) >= {"call", "meeting", "note"}
    assert set(rows.filter(type="call").values_list("outcome", flat=True)) == {"reached", "no_answer"}
    # Some meetings were missed, and most were held.
    meetings = Counter(rows.filter(type="meeting").values_list("outcome", flat=True))
    assert 0 < meetings["no_show"] < meetings[""]


def test_some_leads_are_in_a_queue_because_they_did_not_come_and_of_some_meetings_no_one_has_said_anything(
    past,
):
    owners = User.objects.active().with_rights().filter(pk__in=Lead.objects.present().open().values("owner"))
    places = [place for owner in owners for place in get_waiting_leads(owner, QueueRules.get_current())]
    missed = [place for place in places if NO_SHOW in {reason.code for reason in place.reasons}]
    assert 0 < len(missed) < len(places) / 2
    assert any(row.is_unanswered for row in Activity.objects.filter(type="meeting"))


def test_companies_are_older_than_a_year(past):
    assert not Company.objects.filter(created_at__gt=timezone.now() - timedelta(days=365)).exists()
