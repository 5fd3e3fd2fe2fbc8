"""API v2: the history of a record says what the tab "Changes" of its page says, to the same users."""

import re

import pytest

from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Edit
from customers.deal_contacts.verbs import AddDealContact
from customers.models import Company, Deal
from leads.models import Lead
from leads.verbs import Move
from tests.crm.work.grouped_timeline.test_entries import entries, words
from tests.customers.conftest import make_deal
from tests.merged import as_merged

__all__ = ["make_deal"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, city="Brno")


@pytest.fixture
def changed(lead, ann, bob, statuses):
    """The lead after an edit, a move with a note, and one more edit."""
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(Edit({"city": "Cluj", "email": "jan@example.cz"}), rows, by=bob)
    carry_out(Move(statuses.contacted), rows, by=ann, note="Said hello")
    carry_out(Edit({"owner": ann}), rows, by=ann)
    return lead


def said_on_screen(browser, record) -> list[tuple[str, list[list[str]]]]:
    """Who did what in each entry, and the label, old and new value of each field; "" for an empty value."""
    found = []
    for entry in entries(browser, record, "?show=changes"):
        fields = re.findall(
            r'<span class="soft">(.*?)</span>\s*<del>(.*?)</del>.*?<ins>(.*?)</ins>', entry, flags=re.DOTALL
        )
        texts = [["" if text == "<i>empty</i>" else text for text in field] for field in fields]
        found.append((words(entry).split(" along with ")[0], texts))
    return found


def said_to_program(program, path: str) -> list[tuple[str, list[list[str]]]]:
    """The same; the page shows the status of a move as two chips, without words."""
    return [
        (
            f"{entry['by']} {entry['words']}",
            [[row["label"], row["old"], row["new"]] for row in entry["fields"] if row["field"] != "status"],
        )
        for entry in program.get(f"{path}/history")["history"]
    ]


def test_the_history_says_what_the_page_says(changed, umbra, ann, sign_in):
    there = said_on_screen(sign_in(ann), changed)
    here = said_to_program(umbra(ann), f"/api/v2/leads/{changed.pk}")
    assert [fields for _words, fields in here] == [fields for _words, fields in there]
    assert [said for said, _fields in here] == [said for said, _fields in there]
    assert len(here) == 4


def test_each_change_has_its_operation_its_user_its_channel_and_its_fields(changed, umbra, ann, bob):
    owned, moved, edited, created = umbra(ann).get(f"/api/v2/leads/{changed.pk}/history")["history"]
    assert (owned["user"], owned["by"], owned["channel"]) == (ann.pk, "Ann", "web")
    assert {"field": "owner", "label": "Owner", "old": "Bob", "new": "Ann"} in owned["fields"]
    assert moved["fields"] == [{"field": "status", "label": "Status", "old": "New", "new": "Contacted"}]
    assert (moved["note"], moved["words"]) == ("Said hello", "moved this lead")
    assert sorted((row["field"], row["old"], row["new"]) for row in edited["fields"]) == [
        ("city", "Brno", "Cluj"),
        ("email", "", "jan@example.cz"),
    ]
    assert (created["of"], created["words"], created["fields"]) == ("lead", "created this lead", [])
    undone = umbra(ann).post(f"/api/v2/operations/{edited['operation']}/undo", {})
    first = umbra(ann).get(f"/api/v2/leads/{changed.pk}/history")["history"][0]
    assert (first["operation"], first["channel"]) == (undone["operation"], "api")


def test_it_is_read_page_by_page_to_the_end(changed, umbra, ann):
    path, found, before = f"/api/v2/leads/{changed.pk}/history?limit=3", [], ""
    while before is not None:
        page = umbra(ann).get(path + before)
        found += [entry["id"] for entry in page["history"]]
        before = page["next"] and f"&before={page['next']}"
    whole = umbra(ann).get(f"/api/v2/leads/{changed.pk}/history")
    assert found == [entry["id"] for entry in whole["history"]] == sorted(found, reverse=True)
    assert (whole["next"], whole["kept_since"]) == (None, None)


def test_a_field_that_the_user_may_not_see_is_missing(lead, umbra, ada, bob, make_field):
    field = make_field("Margin", roles=[ada.groups.get().pk])
    carry_out(Edit({field.name: "high", "city": "Iași"}), Lead.objects.filter(pk=lead.pk), by=ada)

    def names(user) -> set[str]:
        history = umbra(user).get(f"/api/v2/leads/{lead.pk}/history")["history"]
        return {row["field"] for entry in history for row in entry["fields"]}

    assert names(ada) == {"city", field.name}
    assert names(bob) == {"city"}


def test_the_history_of_a_deal_has_the_changes_of_its_contacts(
    make_contact, umbra, ann, bob, sign_in, make_deal
):
    deal, person = make_deal(owner=ann), make_contact("Ana Albu", owner=ann)
    carry_out(
        AddDealContact(ann, {"contact": person, "role": "Decision maker"}),
        Deal.objects.filter(pk=deal.pk),
        by=ann,
    )
    here = said_to_program(umbra(ann), f"/api/v2/deals/{deal.pk}")
    assert here == said_on_screen(sign_in(ann), deal)
    assert any("Ana Albu" in said for said, _fields in here)


def test_records_out_of_reach_are_not_found(lead, umbra, carla, ann):
    umbra(carla).get(f"/api/v2/leads/{lead.pk}/history", expect=404)
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ann)
    umbra(ann).get(f"/api/v2/leads/{lead.pk}/history", expect=404)


def test_the_id_of_a_merged_record_has_the_history_of_the_one_that_was_kept(make_company, umbra, ann):
    one, other = make_company("Omnia", owner=ann), make_company("Omnia SRL", owner=ann)
    as_merged(one, other)
    carry_out(Edit({"phone": "0722123456"}), Company.objects.filter(pk=other.pk), by=ann)
    program = umbra(ann)
    assert program.get(f"/api/v2/companies/{one.pk}/history")["history"][0]["user"] == ann.pk
    assert program.last["Content-Location"] == f"/api/v2/companies/{other.pk}"
