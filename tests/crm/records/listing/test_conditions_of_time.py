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
        *(
            (f"updated_at.since={text}", "Enter a time with its time zone, such as 2026-05-31T08:38:04Z.")
            for text in ("2026-05-31T08:38", "2026-05-31Tnoon", "2026-05-31T25:00:00Z")
        ),
        ("next_action_on.since=2026-05-31T08:38:04Z", "Enter a valid date."),
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


# The lead was last changed at 10:00 UTC.
MOMENTS = {
    "since that time": ("since=2026-03-05T10:00:00Z", True),
    "since a second later": ("since=2026-03-05T10:00:01Z", False),
    "after that time": ("after=2026-03-05T10:00:00Z", False),
    "after a second earlier": ("after=2026-03-05T09:59:59Z", True),
    "before that time": ("before=2026-03-05T10:00:00Z", False),
    "before a second later": ("before=2026-03-05T10:00:01Z", True),
    "in another zone": ("since=2026-03-05T12:00:00%2B02:00", True),
    "in another zone, later": ("since=2026-03-05T12:00:01%2B02:00", False),
    "with a plus sign that isn't encoded": ("since=2026-03-05T12:00:00+02:00", True),
}


@pytest.mark.parametrize("case", MOMENTS)
def test_the_last_change_is_compared_with_a_time(case, make_lead, ada):
    condition, found = MOMENTS[case]
    make_lead("On", updated_at="2026-03-05T10:00Z")
    assert names(ada, f"updated_at.{condition}") == ("On" if found else "")


def test_a_time_is_described_on_the_clock_of_the_reader(ada):
    listed = listing(ada, "updated_at.since=2026-03-05T10:00:00Z&updated_at.before=2026-03-06")
    with timezone.override("Europe/Bucharest"):
        assert (
            listed.filters.describe()
            == "last change before 6 March 2026, last change since 5 March 2026, 12:00"
        )


def test_the_form_takes_days(ada, sign_in):
    form = {"query": "", "operator": "above", "number": "14"}
    response = sign_in(ada).get("/admin/leads/filter/time_in_status", form)
    assert response["Location"] == "/admin/leads?time_in_status.above=14"
    again = sign_in(ada).get("/admin/leads/filter/time_in_status", {**form, "number": "2.5"})
    assert "Enter a whole number." in again.text
