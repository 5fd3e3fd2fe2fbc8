"""The check of a whole file, with its leads in the database."""

import pytest

from crm.models import PlannedRow
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.plan_building import PlanBuilder
from crm.transfer.imports.check.record_check import RecordCheck
from customers.models import Company

pytestmark = pytest.mark.django_db


def checked(imported) -> list[PlannedRow]:
    RecordCheck(imported, imported.user).run()
    imported.refresh_from_db()
    return list(PlannedRow.objects.filter(of=imported).in_order())


def test_rows_find_leads_by_id_by_email_and_by_a_phone_of_the_department_in_the_options(read, ann, make_lead):
    one = make_lead("Ana Pop", city="Arad")
    two = make_lead("Eva Rus", city="Arad", email="eva@example.com")
    three = make_lead("Ion Ene", city="Arad", phone="0722 123 456", phone_normal="+40722123456")
    rows = [
        [f"#{one.pk}", "", "", "Cluj"],
        ["", "EVA@example.com", "", "Cluj"],
        ["", "", "0722123456", "Cluj"],
        ["", "new@example.com", "0722 999 999", "Cluj"],
    ]
    plans = checked(read(ann, ["id", "email", "phone", "city"], rows, match="id_email_phone"))
    assert [(plan.match, plan.record, plan.verdict) for plan in plans] == [
        ("id", one.pk, "changed"),
        ("email", two.pk, "duplicate"),
        ("phone", three.pk, "duplicate"),
        ("", None, "new"),
    ]
    assert [plan.values["city"] for plan in plans] == ["Cluj"] * 4
    assert plans[3].values["phone_normal"] == "+40722999999"


def test_a_plan_says_what_it_depends_on(read, ann, make_lead, make_field, departments):
    """Leads that were added later have higher IDs, wherever they are and whoever sees them."""
    course, grade = make_field("Course"), make_field("Grade", "number")
    empty = read(ann, ["last_name"])
    assert RecordCheck(empty, ann).get_check_state()["last"] == 0
    make_lead("Ana Pop")
    hidden = make_lead("Eva Rus", department=departments.export)
    imported = read(ann, ["last_name", grade.name])
    check = RecordCheck(imported, ann)
    assert check.get_check_state() == {
        "last": hidden.pk,
        "types": {grade.name: "number"},
        "rules": check.rules.get_judging_settings(),
    }
    assert course.name not in check.get_check_state()["types"]
    checked(imported)
    assert imported.counts["last"] == hidden.pk


def test_a_new_check_replaces_the_plan_and_its_counts(read, ann):
    imported = read(
        ann, ["last_name", "email", "source"], [["Pop", "a@", ""], ["Rus", "", "Fair"], ["Ene", "", ""]]
    )
    assert [plan.verdict for plan in checked(imported)] == ["error", "error", "new"]
    first = imported.counts
    assert {name: first[name] for name in ("error", "new", "add")} == {"error": 2, "new": 1, "add": 1}
    assert [reason[0] for reason in first["reasons"]] == [1, 2]
    assert (imported.state, imported.unknown) == ("plan", {"source": [["Fair", 1]]})
    imported.decisions = {"source": {"fair": "empty"}}
    assert [plan.verdict for plan in checked(imported)] == ["error", "new", "new"]
    assert (imported.counts["error"], imported.counts["new"]) == (1, 2)
    assert imported.counts["made"] > first["made"]
    # A decision stays in the list of unknown values, so that the user can change it.
    assert imported.unknown == {"source": [["Fair", 1]]}


def test_rows_are_planned_in_portions_and_repeat_each_other_across_them(read, ann, monkeypatch):
    monkeypatch.setattr(PlanBuilder, "rows_at_once", 2)
    rows = [[f"p{number}@example.com"] for number in (1, 2, 3, 1, 2)]
    imported, done = read(ann, ["email"], rows), []
    RecordCheck(imported, ann).run(lambda *so_far: done.append(so_far))
    assert done == [(2, 5), (4, 5), (5, 5)]
    plans = PlannedRow.objects.filter(of=imported).in_order()
    assert [(plan.verdict, plan.version) for plan in plans] == [
        ("new", None), ("new", None), ("new", None), ("duplicate", 2), ("duplicate", 3),
    ]  # fmt: skip


def test_a_file_without_headers_begins_with_its_first_row(read, ann):
    imported = read(ann, ["last_name"], [["Pop"], ["Rus"]], first=1)
    assert [plan.row for plan in checked(imported)] == [1, 2]


def test_a_plan_says_how_many_leads_are_linked_to_companies(read, ann, make_company):
    make_company("Omnia")
    for link in (False, True):
        imported = read(ann, ["last_name", "company"], [["Pop", "Omnia"]], link=link)
        (plan,) = checked(imported)
        assert ("known_company_id" in plan.values) is link
        counted = {"all": 1, "rows": 1, "named": [["Omnia", 1]]} if link else None
        assert imported.counts.get("known_companies") == counted


def test_a_link_left_as_exported_stays_even_if_the_importer_can_not_name_it(
    read, ann, make_company, make_contact, departments
):
    hidden = make_company("Hidden", department=departments.export)
    contact = make_contact("Ana Pop", company=hidden)
    for cell, verdict in ((f"Hidden (#{hidden.pk})", "unchanged"), ("Other", "error")):
        (plan,) = checked(read(ann, ["id", "company"], [[f"#{contact.pk}", cell]], of="contact"))
        assert plan.verdict == verdict


def test_links_that_only_the_whole_file_can_judge_are_judged_last(read, ann, make_company):
    top, middle = make_company("Top"), make_company("Middle")
    with operation("test", by=None):
        Company.objects.filter(pk=middle.pk).update(parent=top)
    carry_out(KINDS["company"].edit({"city": "Brno"}), Company.objects.filter(pk=top.pk), by=ann)
    rows = [
        [f"#{top.pk}", "1", "Top", f"#{middle.pk}", "Cluj"],
        ["", "", "New", "Broken", ""],
        ["", "", "Broken", "Nowhere", ""],
        ["", "", "Fine", "Middle", ""],
    ]
    imported = read(ann, ["id", "version", "name", "parent", "city"], rows, of="company", match="id")
    other = checked(read(ann, ["last_name"], [["Pop"], ["Rus"]]))
    first, second, third, fourth = checked(imported)
    assert list(PlannedRow.objects.filter(of=other[0].of).in_order()) == other
    assert (first.verdict, first.action, first.values, first.old) == ("error", "", {}, {})
    # Nor can the user decide any more whose city counts.
    assert first.conflicts == {}
    assert first.errors == [[3, "With the other links of this file, this record would link to itself."]]
    assert second.errors == [[3, "This row links to another row of the file, which isn’t imported."]]
    assert (third.verdict, fourth.verdict, fourth.values["parent_id"]) == ("error", "new", middle.pk)
    counts = {name: count for name, count in imported.counts.items() if isinstance(count, int) and count}
    assert counts == {"error": 3, "new": 1, "add": 1, "last": middle.pk}
    assert sorted(reason[2] for reason in imported.counts["reasons"]) == [1, 1, 1]
