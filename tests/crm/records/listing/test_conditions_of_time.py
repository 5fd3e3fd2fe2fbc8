"""Conditions on the time since something happened: the days in a status, and the last change."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from crm.templatetags.look import how_long
from leads.models import Lead
from tests.crm.records.listing.pages import listing


def names(user, query: str) -> str:
    return "".join(
        sorted(
            Lead.objects.filter(pk__in=listing(user, query).get_page(50).ids).values_list(
                "last_name", flat=True
            )
        )
    )


@pytest.fixture
def aged(make_lead):
    """Leads named A to E, in their status for 0, 6, 7, 14 and 15 days and some hours."""
    for name, days in zip("ABCDE", (0, 6, 7, 14, 15), strict=True):
        make_lead(name, status_since=timezone.now() - timedelta(days=days, hours=3))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("time_in_status.above=14", "E"),
        ("time_in_status.above=6", "CDE"),
        ("time_in_status.below=7", "AB"),
        ("time_in_status.below=0", ""),
        ("time_in_status.is=7", "C"),
        ("time_in_status.between=7..14", "CD"),
        ("time_in_status.between=..6", "AB"),
        ("time_in_status.between=15..", "E"),
        ("time_in_status.above=36525", ""),
    ],
)
def test_the_time_in_a_status_is_compared_in_whole_days(query, found, aged, ada):
    assert names(ada, query) == found


def test_the_days_are_those_that_the_list_shows(aged, ada):
    for lead in Lead.objects.all():
        days = int(how_long(lead.status_since).split()[0])
        assert lead.last_name in names(ada, f"time_in_status.is={days}")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("time_in_status.above=2.5", "Enter a whole number."),
        ("time_in_status.above=-1", "Ensure this value is greater than or equal to 0."),
        ("time_in_status.above=99999999999999999999", "Ensure this value is less than or equal to 36525."),
        ("time_in_status.between=9..3", "The first value is larger than the last one."),
        ("updated_at.since=soon", "Enter a valid date."),
    ],
)
def test_a_time_that_cannot_be_read_is_named(query, sentence, aged, ada, sign_in):
    assert listing(ada, query).errors == [sentence]
    response = sign_in(ada).get(f"/admin/leads?{query}")
    assert response.status_code == 400
    assert "This filter was ignored." in response.text


def test_times_read_as_a_sentence_in_both_languages(ada):
    query = "time_in_status.above=14&updated_at.since=2026-03-05"
    assert (
        listing(ada, query).filters.describe()
        == "last change since 5 March 2026, time in status is more than 14 days"
    )
    assert listing(ada, "time_in_status.is=1").filters.describe() == "time in status is 1 day"
    assert (
        listing(ada, "time_in_status.between=3..").filters.describe() == "time in status is at least 3 days"
    )
    with translation.override("ro"):
        assert "mai mult de 14 zile" in listing(ada, query).filters.describe()


def test_leads_changed_since_a_day_are_found(make_lead, ada):
    make_lead("Old", updated_at="2026-03-04T10:00Z")
    make_lead("On", updated_at="2026-03-05T10:00Z")
    assert names(ada, "updated_at.since=2026-03-05&updated_at.before=2026-03-10") == "On"
    assert names(ada, "updated_at.after=2026-03-05&updated_at.before=2026-03-10") == ""


def test_the_form_takes_days(ada, sign_in):
    form = {"query": "", "operator": "above", "number": "14"}
    response = sign_in(ada).get("/admin/leads/filter/time_in_status", form)
    assert response["Location"] == "/admin/leads?time_in_status.above=14"
    again = sign_in(ada).get("/admin/leads/filter/time_in_status", {**form, "number": "2.5"})
    assert "Enter a whole number." in again.text
