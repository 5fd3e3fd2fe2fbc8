"""The undo of a merge: each record is as it was, and what was added since stays with the kept one."""

import pytest

from crm.models import Activity, MergedRecord, Task
from crm.records.history import verbs
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.reasons import get_reason_sentence
from crm.work.activities.verbs import AddActivity
from customers.models import Deal, DealContact, Employment
from duplicates.models import Distinction
from leads.models import Lead, Newsletter, Status, Unsubscribe
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.duplicates.conftest import merge


def tables() -> dict[str, list]:
    """Without the notes of merges, and custom values that are empty, which is the same as none."""
    found = {name: rows for name, rows in all_tables().items() if name != "duplicates_movedrow"}
    return {name: [row for row in rows if not row.startswith("({},")] for name, rows in found.items()}


def act(user, model, *ids, kind="call", outcome="reached"):
    verb = AddActivity(user, kind, "Hello", outcome)
    return carry_out(verb, model.objects.present().changeable_by(user).filter(pk__in=ids), by=user)


@pytest.fixture
def leads(ann, bob, make_lead, make_tag, make_task, statuses, reasons, make_company, make_field):
    """Three leads with all that leads can have. The first is the oldest."""
    hot, cold = make_tag("hot"), make_tag("cold")
    field = make_field("Plan", type="text", is_unique=True)
    found = [
        make_lead("Ana One", tags=[hot.pk], email="one@example.com", phone="0722 123 456"),
        make_lead(
            "Ana Two",
            tags=[cold.pk],
            email="two@example.com",
            next_action="Call",
            value=12,
            currency="RON",
            city="Cluj",
            owner=bob,
            vip=True,
        ),
        make_lead("Ana Three", status="lost", lost_reason=reasons.budget, next_action="Visit", shared=True),
    ]
    carry_out(verbs.Edit({field.name: "gold"}), Lead.objects.filter(pk=found[1].pk), by=ann)
    with operation("test", by=None):
        Deal.objects.create(
            name="Deal",
            lead=found[1],
            department=found[1].department,
            status=Status.objects.of_deals().first(),
        )
        Distinction.objects.create(
            first_table="contact", first_record=7, second_table="lead", second_record=found[1].pk
        )
    for lead in found:
        act(ann, Lead, lead.pk)
    Unsubscribe.objects.create(email_key="two@example.com")
    Newsletter.objects.update_or_create(lead=found[2], defaults={"received": True, "state": "receiving"})
    return found


CHOICES = {
    "the rules": {},
    "all of the second": dict.fromkeys(("email", "owner", "shared", "status", "city", "value"), 1),
    "all of the third": dict.fromkeys(("email", "owner", "shared", "status", "city", "value"), 2),
}


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("kept", [0, 1, 2])
def test_do_and_undo_leaves_all_tables_as_before(name, kept, leads, ada):
    before = tables()
    chosen = {field: leads[place].pk for field, place in CHOICES[name].items()}
    others = [lead.pk for place, lead in enumerate(leads) if place != kept]
    outcome = merge(ada, leads[kept].pk, others, **chosen)
    after = tables()
    assert after != before
    undone = revert_operation(outcome.operation, by=ada)
    assert undone.kept == {}
    assert tables() == before
    again = revert_operation(undone.operation, by=ada)
    assert tables() == after
    if name == "the rules":
        # Another undo adds a new stay in a status, as it does for any verb (leads/triggers/status_moves.py).
        revert_operation(again.operation, by=ada)
        assert tables() == before


def test_contacts_and_companies_come_back_as_they_were(
    ada, make_contact, make_company, make_deal, make_lead, make_task
):
    companies = [
        make_company("Omnia", domain="omnia.example"),
        make_company("Omnia SRL", phone="0722 123 456"),
    ]
    contacts = [make_contact(email="one@a.example"), make_contact(company=companies[1], title="CEO")]
    deal = make_deal(contact=contacts[1], company=companies[1])
    make_lead(status="won", client=companies[1], client_contact=contacts[1])
    make_task("Call", contacts[1])
    with operation("test", by=None):
        for contact in contacts:
            DealContact.objects.create(deal=deal, contact=contact, role="Legal")
            Employment.objects.create(contact=contact, company=companies[1], role="Buyer")
    for rows, table in ((contacts, "contact"), (companies, "company")):
        act(ada, type(rows[1]), rows[1].pk)
        before = tables()
        outcome = merge(ada, rows[0].pk, [rows[1].pk], table=table)
        after = tables()
        undone = revert_operation(outcome.operation, by=ada)
        assert undone.kept == {}
        assert tables() == before
        revert_operation(undone.operation, by=ada)
        assert tables() == after


def test_a_chain_is_undone_in_its_order_only(ada, make_lead):
    one, two, three = (make_lead(f"Ana {name}", city=name) for name in ("One", "Two", "Three"))
    act(ada, Lead, one.pk)
    before = tables()
    first = merge(ada, two.pk, [one.pk]).operation
    second = merge(ada, three.pk, [two.pk]).operation
    with pytest.raises(UndoRefused, match="merged again since"):
        revert_operation(first, by=ada)
    assert "merged again since" in str(get_undo_obstacle(first, ada))
    revert_operation(second, by=ada)
    revert_operation(first, by=ada)
    assert tables() == before


def test_a_merge_is_not_undone_while_the_kept_record_is_in_trash_or_gone(ada, make_lead):
    one, two = make_lead(), make_lead()
    merged = merge(ada, one.pk, [two.pk]).operation
    rows = Lead.objects.changeable_by(ada).filter(pk=one.pk)
    deleted = carry_out(verbs.Delete(), rows, by=ada).operation
    with pytest.raises(UndoRefused, match="in Trash"):
        revert_operation(merged, by=ada)
    purged = carry_out(verbs.Purge(), rows, by=ada).operation
    with pytest.raises(UndoRefused, match="deleted permanently"):
        revert_operation(merged, by=ada)
    for record in (purged, deleted, merged):
        revert_operation(record, by=ada)
    assert set(Lead.objects.present()) == {one, two}


def test_a_merge_is_not_undone_while_a_merged_record_is_gone(ada, make_lead):
    one, two = make_lead(), make_lead()
    merged = merge(ada, one.pk, [two.pk]).operation
    purged = carry_out(verbs.Purge(), Lead.objects.in_trash().changeable_by(ada), by=ada).operation
    with pytest.raises(UndoRefused, match="deleted permanently"):
        revert_operation(merged, by=ada)
    revert_operation(purged, by=ada)
    revert_operation(merged, by=ada)
    assert set(Lead.objects.present()) == {one, two}


def test_an_undone_merge_is_not_repeated_after_another_merge(ada, make_lead):
    one, two, three = make_lead(), make_lead(), make_lead()
    undone = revert_operation(merge(ada, one.pk, [two.pk]).operation, by=ada).operation
    other = merge(ada, three.pk, [two.pk]).operation
    with pytest.raises(UndoRefused, match="merged again since"):
        revert_operation(undone, by=ada)
    revert_operation(other, by=ada)
    revert_operation(undone, by=ada)
    assert MergedRecord.objects.get().into == one.pk


def test_what_was_added_or_changed_since_stays_with_the_kept_record_and_is_named(ada, make_lead, make_task):
    one, two = make_lead(city="Cluj"), make_lead(zip="400001")
    act(ada, Lead, two.pk)
    old = Activity.objects.get()
    merged = merge(ada, one.pk, [two.pk]).operation
    act(ada, Lead, one.pk)
    make_task("Visit", one)
    carry_out(verbs.Edit({"zip": "400002"}), Lead.objects.filter(pk=one.pk), by=ada)
    undone = revert_operation(merged, by=ada)
    assert undone.kept == {"lead": {"changed_since": [one.pk], "added_since_merge:2": [one.pk]}}
    assert dict(Activity.objects.values_list("pk", "record")).pop(old.pk) == two.pk
    assert set(Activity.objects.exclude(pk=old.pk).values_list("record", flat=True)) == {one.pk}
    assert Task.objects.get().record == one.pk
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.zip, two.zip, one.next_action, two.next_action) == ("400002", "400001", "Visit", "")
    words = get_reason_sentence("added_since_merge:2")
    assert words == "2 activities and tasks were added after the merge, so they stay with this record."


def test_an_undo_moves_links_of_records_out_of_reach_back_too(ann, dan, departments, make_lead, make_deal):
    one, two = make_lead(), make_lead()
    deal = make_deal(lead=two, department=departments.export, owner=dan)
    merged = merge(ann, one.pk, [two.pk]).operation
    assert Deal.objects.get(pk=deal.pk).lead == one
    undone = revert_operation(merged, by=ann)
    assert undone.kept == {}
    assert Deal.objects.get(pk=deal.pk).lead == two


def test_a_merge_is_undone_as_a_whole_or_not_at_all(ann, ada, bob, departments, make_lead):
    one, two = make_lead(owner=bob), make_lead(owner=bob)
    merged = merge(ann, one.pk, [two.pk]).operation
    with operation("test", by=None):
        Lead.objects.filter(pk=two.pk).update(department=departments.export, owner=None)
    with pytest.raises(UndoRefused):
        revert_operation(merged, by=ann)
    assert MergedRecord.objects.exists()
    revert_operation(merged, by=ada)
    assert not MergedRecord.objects.exists()


def test_a_colleague_who_may_change_the_records_undoes_their_merge(ann, sofia, carla, make_lead):
    one, two = make_lead(), make_lead()
    merged = merge(ann, one.pk, [two.pk]).operation
    with pytest.raises(UndoRefused, match="permission to change all"):
        revert_operation(merged, by=carla)
    revert_operation(merged, by=sofia)
    assert set(Lead.objects.present()) == {one, two}


def test_an_undone_import_keeps_a_record_into_which_others_were_merged(
    ada, departments, statuses, sources, make_lead
):
    with operation("test", by=ada, changed=1) as added:
        kept = Lead.objects.create(
            last_name="Albu", department=departments.sales, status=statuses.new, source=sources.other
        )
    merge(ada, kept.pk, [make_lead("Albu").pk], source=kept.pk)
    revert_operation(added, by=ada)
    assert not Lead.objects.get(pk=kept.pk).deleted_at
