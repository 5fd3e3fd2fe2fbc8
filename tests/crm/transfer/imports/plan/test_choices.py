"""Rows whose lead is known by its ID offer a choice for each row, like rows that look like a lead."""

import pytest

from leads.models import Lead
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, shown, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def planned(browser, rows):
    return choose(browser, upload(browser, rows), "columns")


@pytest.fixture
def five_by_id(sign_in, ann, make_lead):
    """A browser, and the plan of five rows with a lead ID; each would change the city and fill in the postal code."""
    leads = [make_lead(f"Jan N{number}", city="Praha") for number in range(5)]
    browser = sign_in(ann)
    rows = [["Lead id", "Last name", "City", "Postcode"]]
    rows += [[f"#{lead.pk}", f"N{n}", "Plzeň", "007"] for n, lead in enumerate(leads)]
    return browser, planned(browser, rows)


def choices(browser, imported):
    """The row, its choice, and its options, for each row that offers a choice."""
    sections = shown(browser, imported, "plan").context["sections"]
    lines = [line for section in sections for line in section.lines if line.choices]
    return {
        line.planned.row: (line.planned.choice, [value for value, _label in line.choices]) for line in lines
    }


def test_rows_with_a_lead_id_can_also_be_updated_filled_skipped_or_added_one_by_one(five_by_id):
    browser, imported = five_by_id
    assert verdicts(imported) == {"changed": 5}
    assert choices(browser, imported) == {
        row: ("update", ["update", "fill", "leave", "new"]) for row in range(2, 7)
    }
    imported = answer_plan(
        browser, imported, choice_2="update", choice_3="fill", choice_4="leave", choice_5="new"
    )
    assert verdicts(imported) == {"changed": 3, "duplicate": 2}
    assert [chosen for _row, (chosen, _offered) in sorted(choices(browser, imported).items())] == [
        "update", "fill", "leave", "new", "update",
    ]  # fmt: skip
    assert (imported.counts["add"], imported.counts["change"]) == (1, 3)
    imported = apply(browser, imported)
    assert (imported.counts["added"], imported.counts["done"]) == (1, 3)
    found = Lead.objects.order_by("pk").values_list("last_name", "city", "zip")
    assert list(found) == [
        ("N0", "Plzeň", "007"),
        ("N1", "Praha", "007"),
        ("N2", "Praha", ""),
        ("N3", "Praha", ""),
        ("N4", "Plzeň", "007"),
        ("N3", "Plzeň", "007"),
    ]


def test_a_choice_for_a_row_with_a_lead_id_can_be_undone(five_by_id):
    browser, imported = five_by_id
    imported = answer_plan(browser, imported, choice_2="leave", choice_3="new")
    imported = answer_plan(browser, imported, choice_2="update", choice_3="fill")
    assert verdicts(imported) == {"changed": 5}
    assert [choices(browser, imported)[row][0] for row in (2, 3, 4)] == ["update", "fill", "update"]


def test_a_choice_for_all_duplicates_includes_rows_with_a_lead_id_among_them(five_by_id):
    browser, imported = five_by_id
    imported = answer_plan(browser, imported, choice_2="new", choice_3="new")
    imported = answer_plan(browser, imported, all_duplicates="leave")
    assert verdicts(imported) == {"changed": 3, "duplicate": 2}
    assert (imported.counts.get("add", 0), imported.counts["change"]) == (0, 3)


def test_a_row_with_a_lead_id_and_nothing_to_fill_still_offers_its_choice(sign_in, ann, make_lead):
    lead = make_lead("Jan Novák", city="Praha")
    browser = sign_in(ann)
    imported = planned(browser, [["Lead id", "City"], [f"#{lead.pk}", "Plzeň"]])
    imported = answer_plan(browser, imported, choice_2="fill")
    assert (verdicts(imported), imported.counts.get("change", 0)) == ({"duplicate": 1}, 0)
    assert choices(browser, imported)[2][0] == "fill"
    assert verdicts(answer_plan(browser, imported, choice_2="update")) == {"changed": 1}


def test_a_row_that_looks_like_a_lead_and_has_nothing_to_fill_still_offers_its_choice(
    sign_in, ann, make_lead
):
    lead = make_lead("Jan Novák", city="Praha", email="jan@example.org")
    browser = sign_in(ann)
    imported = planned(browser, [["E-mail", "City"], ["jan@example.org", "Plzeň"]])
    assert verdicts(imported) == {"duplicate": 1}
    imported = answer_plan(browser, imported, choice_2="fill")
    assert (verdicts(imported), imported.counts.get("change", 0)) == ({"duplicate": 1}, 0)
    assert choices(browser, imported)[2][0] == "fill"
    imported = answer_plan(browser, imported, choice_2="update")
    assert (verdicts(imported), imported.counts["change"]) == ({"duplicate": 1}, 1)
    apply(browser, imported)
    lead.refresh_from_db()
    assert lead.city == "Plzeň"


@pytest.mark.parametrize("choice", ["leave", "new"])
def test_a_row_that_does_not_change_its_lead_leaves_it_to_another_row(sign_in, ann, make_lead, choice):
    lead = make_lead("Jan Novák", city="Praha")
    browser = sign_in(ann)
    rows = [["Lead id", "Last name", "City"], [f"#{lead.pk}", "A", "Plzeň"], [f"#{lead.pk}", "B", "Brno"]]
    imported = planned(browser, rows)
    assert verdicts(imported) == {"changed": 1, "error": 1}
    imported = answer_plan(browser, imported, choice_2=choice)
    assert verdicts(imported) == {"duplicate": 1, "changed": 1}
    apply(browser, imported)
    lead.refresh_from_db()
    assert (lead.last_name, lead.city) == ("B", "Brno")
