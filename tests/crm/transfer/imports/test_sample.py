"""A file from another CRM, through the screens: nothing is dropped silently, no account is created, and undo is
complete."""

import datetime
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.models import User
from crm.models import Import, Operation
from leads.models import Lead, Source, Status
from tests.crm.transfer.imports.importing import (
    SAMPLE,
    answer_plan,
    apply,
    choose,
    decide,
    page,
    shown,
    upload,
    verdicts,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ROWS = 1265
EMAILS = 92
OWNERS = {
    "Rozario Diego": 144, "Pete Zachriah": 144, "Santa Cruz Clara": 138, "Thomas Mondrake": 135, "Augustine Paul": 129,
    "Lazar Mathew": 124, "Harold Pawlan": 115, "Roger Terrence": 112, "Steffi Graf": 107, "Tina Thomas": 62,
    "David Love": 55,
}  # fmt: skip
STATUSES = {
    "Contact in Future": 253, "Pre Qualified": 252, "Attempted to Contact": 127, "Lost Lead": 127, "Not Contacted": 127,
    "Junk Lead": 126,
}  # fmt: skip
SOURCES = {
    "External Referral": 143, "Advertisement": 138, "Public Relations": 136, "Web Research": 126, "Sales Mail Alias": 125,
    "Employee Referral": 120, "OnlineStore": 119, "Trade Show": 110,
}  # fmt: skip

REFUSED, TINAS = 159, 59


@pytest.fixture
def uploaded(sign_in, reasons):
    """The sample, read, with the suggested mapping of its columns."""

    def bring(user):
        browser = sign_in(user)
        imported = upload(browser, SAMPLE.read_bytes(), SAMPLE.name)
        assert imported.state == Import.State.COLUMNS
        return browser, choose(browser, imported, "columns", lost_reason=str(reasons.budget.pk))

    return bring


def proposed(browser, imported, field: str) -> dict[str, str]:
    """The suggestions of the page of unknown values, by value."""
    form = shown(browser, imported, "values").context["form"]
    return {text: str(form[name].value()) for text, _count, name in form.lines[field]}


def test_its_columns_are_recognized_and_those_without_a_meaning_here_are_skipped(sign_in, ada):
    imported = upload(sign_in(ada), SAMPLE.read_bytes(), SAMPLE.name)
    assert {c["heading"]: field for c, field in zip(imported.columns, imported.mapping, strict=True)} == {
        "LEADID": "",
        "Last Name": "last_name",
        "Company": "company",
        "Lead Owner Id": "",
        "Lead Owner": "owner",
        "Email": "email",
        "Mobile": "mobile",
        "Website": "website",
        "Industry": "",
        "Lead Source": "source",
        "Lead Status": "status",
        "Created Time": "created_at",
        "CONVERTED": "",
    }
    assert imported.rows == ROWS


def test_each_unknown_value_is_listed_once_with_its_count(uploaded, ada):
    _browser, imported = uploaded(ada)
    assert {field: dict(values) for field, values in imported.unknown.items()} == {
        "owner": OWNERS,
        "status": STATUSES,
        "source": SOURCES,
    }
    # Until someone decides, no row would be written.
    assert verdicts(imported) == {"error": ROWS}


def test_words_of_other_programs_suggest_the_status_they_mean(uploaded, ada, statuses):
    browser, imported = uploaded(ada)
    named = {str(status.pk): status.key for status in Status.objects.all()}
    assert {text: named[pk] for text, pk in proposed(browser, imported, "status").items()} == {
        "Contact in Future": "contacted",
        "Pre Qualified": "qualified",
        "Attempted to Contact": "contacted",
        "Lost Lead": "lost",
        "Not Contacted": "new",
        "Junk Lead": "disqualified",
    }


def test_an_administrator_imports_all_of_it_and_undo_removes_all_of_it(uploaded, ada, client):
    people, sources = User.objects.count(), set(Source.objects.values_list("name", flat=True))
    browser, imported = uploaded(ada)
    imported = decide(browser, imported)
    # An email in several rows: the first is new, the others are duplicates that offer a choice.
    assert verdicts(imported) == {"new": EMAILS, "duplicate": ROWS - EMAILS}
    assert imported.counts["add"] == EMAILS
    imported = answer_plan(browser, imported, all_repeated="new")
    assert imported.counts["add"] == ROWS
    imported = apply(browser, imported)
    assert (imported.state, imported.counts["added"]) == (Import.State.DONE, ROWS)

    leads = Lead.objects.present()
    assert leads.count() == ROWS
    assert Counter(leads.values_list("status__key", flat=True)) == {
        "contacted": 253 + 253 + 127, "qualified": 252, "lost": 127, "new": 127, "disqualified": 126,
    }  # fmt: skip
    assert User.objects.count() == people
    assert not leads.exclude(owner=None).exists()
    made = Source.objects.exclude(name__in=sources)
    assert {row.name: leads.filter(source=row).count() for row in made} == SOURCES
    michael = leads.get(company="Aluminum Company of America")
    assert (michael.last_name, michael.email) == ("Michael", "michael@samplecompany.com")
    assert michael.created_at == datetime.datetime(2012, 5, 23, tzinfo=ZoneInfo("Europe/Bucharest"))
    assert michael.mobile == "(800) - 456 - 2033"

    record = imported.operation
    assert (record.kind, record.channel, record.changed) == ("import", Operation.Channel.IMPORT, ROWS)
    undone = browser.post(reverse("operation_undo", args=[record.pk]))
    assert undone.status_code == 302
    # The undone sources aren't counted as someone else's leads.
    assert "that you do not see" not in browser.get(undone["Location"]).text
    assert Lead.objects.present().count() == 0
    assert Lead.objects.in_trash().count() == ROWS
    assert set(Source.objects.active().values_list("name", flat=True)) == sources


def test_a_manager_can_assign_rows_only_to_people_in_scope_and_creates_no_sources(
    uploaded, ann, bob, carla, sources
):
    people, there = User.objects.count(), Source.objects.count()
    browser, imported = uploaded(ann)
    form = shown(browser, imported, "values").context["form"]
    names = {text: name for lines in form.lines.values() for text, _count, name in lines}
    offered = dict(form.fields[names["Tina Thomas"]].choices)
    assert str(carla.pk) not in dict(list(offered.values())[-1])
    assert "create" not in dict(form.fields[names["Trade Show"]].choices)
    refused = browser.post(
        page(imported, "values"), {names["Trade Show"]: "create", names["David Love"]: str(carla.pk)}
    )
    assert refused.status_code == 422

    wanted = dict.fromkeys(SOURCES, "empty") | {
        "Trade Show": "refuse",
        "Web Research": str(sources.website.pk),
    }
    imported = decide(
        browser, imported, source=wanted, owner={"Tina Thomas": str(bob.pk), "David Love": "refuse"}
    )
    imported = answer_plan(browser, imported, all_repeated="new")
    # 110 rows of the source and 55 of the owner that were rejected, some of them the same.
    refused_rows = imported.counts["error"]
    assert (refused_rows, imported.counts["add"]) == (REFUSED, ROWS - REFUSED)
    imported = apply(browser, imported)

    leads = Lead.objects.present()
    assert leads.count() == ROWS - refused_rows
    assert Counter(leads.values_list("owner", flat=True)) == {None: leads.count() - TINAS, bob.pk: TINAS}
    assert (User.objects.count(), Source.objects.count()) == (people, there)
    assert set(leads.values_list("department__name", flat=True)) == {"Sales"}
    assert set(leads.values_list("source__key", flat=True)) == {"other", "website", "partner", "cold_call"}


def test_exactly_the_rows_with_rejected_values_are_invalid(uploaded, ann):
    browser, imported = uploaded(ann)
    wanted = dict.fromkeys(SOURCES, "empty") | {"Trade Show": "refuse"}
    imported = decide(browser, imported, source=wanted)
    imported = answer_plan(browser, imported, all_repeated="new")
    assert verdicts(imported)["error"] == SOURCES["Trade Show"]
    lines = shown(browser, imported, "plan").context["sections"][0].lines
    assert lines[0].wrong[0].sentence == "Unknown value for source: “Trade Show”."
    assert lines[0].wrong[0].address[0] == "J"
