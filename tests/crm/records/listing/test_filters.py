"""Filters: alone, combined, negated, relative; invalid ones are reported."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead, LostReason, Status, Unsubscribe
from leads.stuck.stuck_leads import get_stuck_ids
from mailings.models import Mailing


@pytest.fixture
def leads(ann, bob, ben, departments, make_lead, make_tag, statuses, sources, reasons):
    today = timezone.localdate()
    ago = lambda days: timezone.now() - timedelta(days=days)  # noqa: E731
    hot = make_tag("hot")
    a = make_lead("A", owner=ann, country="RO", vip=True, tags=[hot.pk], email="a@x.ro", created_at=ago(2))
    make_lead(
        "B", owner=bob, country="DE", status="lost", lost_reason=reasons.budget, phone="1", created_at=ago(40)
    )
    make_lead("C", status="disqualified", lost_reason=reasons.no_fit, email="c@x.ro", created_at=ago(400))
    make_lead(
        "D", owner=ben, status="contacted", source="event", next_action_on=today - timedelta(1), shared=True
    )
    make_lead("E", owner=ann, next_action_on=today, last_contacted_at=ago(3), mobile="2", email="e@x.ro")
    make_lead("F", next_action_on=today + timedelta(30), department=departments.export)
    with operation("test", by=None):
        mailing = Mailing.objects.create(subject="Hi", by=ann)
    mailing.deliveries.create(record=a.pk, at=ago(1), state="sent")
    Unsubscribe.objects.create(email_key="e@x.ro")
    return hot


def names(user, query):
    listing = RecordList(LEAD, QueryDict(query), user)
    return "".join(
        sorted(Lead.objects.filter(pk__in=listing.get_page(50).ids).values_list("last_name", flat=True))
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status={new}", "AEF"),
        ("status={new}&status={lost}", "ABEF"),
        ("status={new}&status_not=on", "BCD"),
        ("kind=lost&kind=disqualified", "BC"),
        ("kind=lost&kind=disqualified&kind_not=on", "ADEF"),
        ("pipeline={pipeline}", "ABCDEF"),
        ("next_action=between&next_action_from={yesterday}&next_action_to={today}", "DE"),
        ("next_action=between&next_action_from={today}", "EF"),
        ("contacted=between&contacted_from={yesterday}", ""),
        ("contacted=between&contacted_to={yesterday}", "E"),
        ("disqualified=yes", "C"),
        ("disqualified=no", "ABDEF"),
        ("owner=me", ""),
        ("owner={ann}", "AE"),
        ("owner=none", "CF"),
        ("owner=none&owner={bob}", "BCF"),
        ("owner=none&owner_not=on", "ABDE"),
        ("department={export}", "F"),
        ("source={event}", "D"),
        ("country=RO", "A"),
        ("country=none", "CDEF"),
        ("country=RO&country_not=on", "BCDEF"),
        ("newsletter=receiving", "A"),
        ("newsletter=unsubscribed", "E"),
        ("newsletter=none", "BCDF"),
        ("newsletter=none&newsletter=receiving", "ABCDF"),
        ("vip=yes", "A"),
        ("vip=no", "BCDEF"),
        ("tags={hot}", "A"),
        ("tags={hot}&tags_not=on", "BCDEF"),
        ("shared=yes", "D"),
        ("created=last7", "ADEF"),
        ("created=between&created_to={year_ago}", "C"),
        ("contacted=last7", "E"),
        ("contacted=none", "ABCDF"),
        ("next_action=overdue", "D"),
        ("next_action=today", "E"),
        ("next_action=later", "F"),
        ("next_action=none", "ABC"),
        ("no_email=on", "BDF"),
        ("no_phone=on", "ACDF"),
        ("lost_reason={budget}", "B"),
        ("vip=yes&country=RO&created=last7", "A"),
        ("vip=yes&country=DE", ""),
        ("q=a@x.ro&status={new}", "A"),
    ],
)
def test_a_filter_finds_exactly_its_leads(
    query, expected, leads, ada, ann, bob, departments, statuses, sources, reasons
):
    numbers = {
        "new": statuses.new.pk,
        "lost": statuses.lost.pk,
        "ann": ann.pk,
        "bob": bob.pk,
        "export": departments.export.pk,
        "event": sources.event.pk,
        "hot": leads.pk,
        "budget": reasons.budget.pk,
        "pipeline": statuses.new.pipeline_id,
        "today": timezone.localdate(),
        "yesterday": timezone.localdate() - timedelta(1),
        "year_ago": timezone.localdate() - timedelta(365),
    }
    assert names(ada, query.format(**numbers)) == expected
    listing = RecordList(LEAD, QueryDict(query.format(**numbers)), ada)
    assert listing.count() == len(expected)
    assert len(listing.get_ids()) == len(expected)


def test_me_means_the_current_user(leads, ann):
    assert names(ann, "owner=me") == "AE"


def test_filters_read_as_words(leads, ada, statuses):
    listing = RecordList(
        LEAD, QueryDict(f"status={statuses.new.pk}&status={statuses.lost.pk}&vip=yes&created=last7"), ada
    )
    _rows = listing.rows
    assert listing.filters.describe() == "status New or Lost, VIP yes, added last 7 days"


@pytest.mark.parametrize(
    "query", ["status=99999", "status=x", "owner=1 OR 1=1", "created=never", "country=XX", "vip=maybe"]
)
def test_invalid_filters_are_named_and_change_nothing(query, leads, ann, sign_in):
    response = sign_in(ann).get(f"/admin/leads?{query}")
    assert response.status_code == 400
    assert "This filter was ignored." in response.text


def test_an_owner_out_of_scope_and_a_missing_one_get_the_same_answer(leads, ann, dan, sign_in):
    texts = []
    for number in (dan.pk, 10**6):
        response = sign_in(ann).get(f"/admin/leads?owner={number}")
        assert response.status_code == 400
        texts.append(response.text.replace(str(number), "N"))
    strip = lambda text: "".join(line for line in text.splitlines() if "csrf" not in line.lower())  # noqa: E731
    assert strip(texts[0]) == strip(texts[1])


def test_a_wrong_date_is_named(leads, ada, sign_in):
    response = sign_in(ada).get("/admin/leads?created=between&created_from=31.11.2026")
    assert response.status_code == 400
    assert "Enter a date like" in response.text


REVERSED = "The period ends before it begins. Enter a later end."


@pytest.mark.parametrize(
    "page", ["leads", "leads/board", "companies", "contacts", "deals", "requests", "leads/trash"]
)
@pytest.mark.parametrize("start", ["", "any."])
def test_a_period_that_ends_before_it_begins_is_named_and_keeps_its_days(page, start, leads, ada, sign_in):
    days = f"{start}created=between&{start}created_from=2026-03-06&{start}created_to=2026-03-05"
    response = sign_in(ada).get(f"/admin/{page}?{days}")
    assert response.status_code == 400
    assert REVERSED in response.text
    # The trash has no filters, and follows those of a link.
    assert ("6 March 2026 to 5 March 2026" in response.text) is not page.endswith("trash")


def test_unknown_parameters_have_no_effect(leads, ada):
    assert names(ada, "owner__password__startswith=a&deleted_at=1&department__name=x") == "ABCDEF"


def test_the_filter_form_offers_no_names_of_other_departments(leads, ann, dan, sign_in):
    page = sign_in(ann).get("/admin/leads/filter").text
    assert "Ben" in page
    assert dan.name not in page
    assert "Export" not in page


def test_leads_over_the_time_limit_of_their_status_are_those_that_the_list_marks(make_lead, ada, statuses):
    new, now = statuses.new, timezone.now()
    with operation("test", by=None):
        Status.objects.filter(pk=new.pk).update(most_days=5)
    for days in (4, 5, 6, 7):
        lead = make_lead(f"{days}")
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(status_since=now - timedelta(days=days, minutes=1))
    make_lead("lost", status="lost", lost_reason=LostReason.objects.first())
    leads = Lead.objects.select_related("status")
    marked = {lead.last_name for lead in leads if lead.pk in get_stuck_ids(leads)}
    assert marked == {"6", "7"}
    assert names(ada, "over_limit=yes") == "67"
    assert names(ada, "over_limit=no") == "45lost"


def test_leads_are_filtered_by_the_user_who_added_them(make_lead, ann, bob, ada):
    make_lead("a", created_by=ann)
    make_lead("b", created_by=bob)
    assert names(ann, "created_by=me") == "a"
    assert names(ada, f"created_by={bob.pk}&created_by={ann.pk}") == "ab"
    assert RecordList(LEAD, QueryDict("created_by=none"), ada).errors
