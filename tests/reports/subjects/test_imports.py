"""What imported leads became, as reports count it."""

from time import monotonic

import pytest

from crm.models import Import
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.reports.conftest import utc

ALL = (
    "measure=imported&measure=imported_contacted&measure=imported_qualified&measure=imported_won"
    "&measure=imported_lost&measure=imported_rate"
)
MAY = "period=between&from=2026-05-01&to=2026-05-31"
YEAR_BEFORE = "period=between&from=2025-01-01&to=2025-12-31"


@pytest.fixture
def import_leads(lead_of):
    def done(user, name: str, *leads: Lead, table: str = "lead") -> Import:
        with operation("import", by=user) as record:
            for lead in leads:
                lead.save(force_insert=True)
        return Import.objects.create(
            user=user,
            name=name,
            table=table,
            state=Import.State.DONE,
            operation=record,
            ended_at=utc("2026-05-05 10:00"),
        )

    return done


@pytest.fixture
def fair(import_leads, lead_of, make_lead, ann):
    """Four leads of a fair, one of them qualified, one won, one lost; and a lead that wasn't imported."""
    leads = [
        lead_of(f"Jan {n}", status=status) for n, status in enumerate(("new", "qualified", "won", "lost"))
    ]
    import_leads(ann, "fair.xlsx", *leads)
    make_lead("Eva Malá")
    return leads


def test_leads_are_counted_by_import_with_what_they_became(
    fair, import_leads, lead_of, asked, numbers, ann, ada
):
    import_leads(ann, "list.csv", lead_of("Zoe Adam", source="referral"))
    found = asked(f"{ALL}&{MAY}&by=import", ada)
    assert numbers(found) == {"fair.xlsx": (4, 2, 2, 1, 1, 25), "list.csv": (1, 0, 0, 0, 0, 0)}
    assert numbers(asked(f"measure=imported&{MAY}&by=source", ada)) == {"Website": (4,), "Referral": (1,)}


def test_leads_count_in_the_period_in_which_their_import_ended(fair, asked, ada):
    assert asked(f"measure=imported&{YEAR_BEFORE}", ada).total.get_count("imported") == 0


def test_a_number_leads_to_exactly_its_leads(fair, asked, listed, ada):
    found = asked(f"{ALL}&{MAY}&by=import", ada)
    assert listed(found, found.groups[0], "imported", ada) == {lead.pk for lead in fair}
    assert listed(found, found.groups[0], "imported_won", ada) == {fair[2].pk}


def test_imports_of_others_and_leads_of_other_departments_do_not_count(
    fair, import_leads, lead_of, departments, asked, ann, carla
):
    import_leads(carla, "export.csv", lead_of("Zoe Adam", department=departments.export))
    counted = f"measure=imported&{MAY}"
    assert asked(counted, ann).total.get_count("imported") == 4
    assert asked(counted, carla).total.get_count("imported") == 1


def test_leads_that_an_import_only_changed_do_not_count(import_leads, make_lead, asked, ann, ada):
    lead = make_lead("Jan Novák")
    done = import_leads(ann, "again.csv")
    with operation("test", by=ann) as record:
        Lead.objects.filter(pk=lead.pk).update(vip=True)
    Import.objects.filter(pk=done.pk).update(operation=record)
    assert asked(f"measure=imported&{MAY}", ada).total.get_count("imported") == 0


def test_imports_require_their_permission(fair, manager_without, sign_in, ann):
    assert sign_in(ann).get("/admin/reports/imports").status_code == 200
    assert manager_without("import_lead").get("/admin/reports/imports").status_code == 403


def test_the_report_says_since_when_changes_are_kept_if_its_period_begins_before(
    fair, sign_in, ada, monkeypatch
):
    query = "/admin/reports/new?measure=imported&by=import&"
    words = "Changes are kept since 15 May 2026."
    browser = sign_in(ada)
    assert words not in browser.get(query + MAY).text
    monkeypatch.setattr(CHANGES_TABLE, "_known", (monotonic(), utc("2026-05-15 00:00")))
    assert words in browser.get(query + MAY).text
    assert words not in browser.get(f"{query}period=between&from=2026-05-16&to=2026-05-31").text
    assert words not in browser.get(f"{query.replace('imported', 'leads')}{MAY}").text
