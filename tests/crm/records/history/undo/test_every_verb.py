"""Undo: field by field, only if it hasn't changed since; for every verb, all tables are as before."""

from datetime import UTC, datetime
from functools import cache

import pytest
from django.db import connection

from crm.models import Operation, Tag
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle, is_undone
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads import verbs
from leads.models import Lead, Source, Status, StatusMove

# What an undo changes on purpose: it is recorded itself, and versions only increase.
NOT_COMPARED = {
    "crm_operation",
    "crm_change",
    "crm_verdict",
    "crm_frozenset",
    "crm_notification",
    "accounts_session",
    "crm_auditentry",
    "crm_auditwaiting",
    # Notes that leads follow, and forgotten then.
    "leads_contactlimitchange",
    "reports_changedlead",
}
# Rows that an undo leaves behind: undone moves, and what it deleted.
PRESENT = {
    "leads_statusmove": "WHERE NOT undone",
    "crm_task": "WHERE deleted_at IS NULL",
    "crm_activity": "WHERE deleted_at IS NULL",
    "customers_company": "WHERE deleted_at IS NULL",
    "customers_contact": "WHERE deleted_at IS NULL",
    "customers_companysearch": "WHERE record_id IN (SELECT id FROM customers_company WHERE deleted_at IS NULL)",
    "customers_contactsearch": "WHERE record_id IN (SELECT id FROM customers_contact WHERE deleted_at IS NULL)",
    "customers_employment": "WHERE deleted_at IS NULL",
    "customers_dealcontact": "WHERE deleted_at IS NULL",
}


def changeable(user):
    return Lead.objects.present().changeable_by(user)


@cache
def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def all_tables() -> dict[str, list]:
    """Every row of every table as text, without version and time of change; undone moves and deleted tasks count as
    removed."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in NOT_COMPARED or table.startswith("procrastinate"):
                continue
            columns = [name for name in columns_of(table) if name not in ("version", "updated_at")]
            if table == "leads_statusmove":
                columns.remove("id")
            where = PRESENT.get(table, "")
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(f'SELECT ({names})::text FROM "{table}" {where} ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


@pytest.fixture
def scene(ann, bob, departments, make_lead, make_tag, statuses, reasons):
    hot = make_tag("hot")
    with operation("test", by=None):
        # So that an undo has to restore when the first contact is due too.
        Source.objects.filter(key="website").update(contact_within=240)
    leads = [
        make_lead("Ana One", owner=bob, tags=[hot.pk], email="one@example.com"),
        make_lead("Ana Two", country="RO", value=12, next_action="Call"),
        make_lead("Ana Three", status="lost", lost_reason=reasons.budget, shared=True),
    ]
    carry_out(verbs.Move(statuses.contacted), changeable(ann).filter(pk=leads[0].pk), by=ann)
    return leads


NEXT_YEARS = datetime(2099, 1, 5, tzinfo=UTC)
VERBS = {
    "vip": lambda s: verbs.SetVip(True),
    "share": lambda s: verbs.Share(True),
    "unshare": lambda s: verbs.Share(False),
    "move": lambda s: verbs.Move(s.statuses.qualified),
    "won": lambda s: verbs.Move(s.statuses.won),
    "lost": lambda s: verbs.Move(s.statuses.lost, s.reasons.timing, "later"),
    "assign": lambda s: verbs.Assign(s.ben),
    "assign to nobody": lambda s: verbs.Assign(None),
    "assign elsewhere": lambda s: verbs.Assign(s.dan),
    "department": lambda s: verbs.ChangeDepartment(s.departments.export),
    "source": lambda s: verbs.SetSource(s.sources.event),
    "country": lambda s: verbs.SetCountry("DE"),
    "next action": lambda s: verbs.SetNextAction("Visit", None),
    "tag": lambda s: verbs.AddTags((s.tag,)),
    "untag": lambda s: verbs.RemoveTags((s.hot,)),
    "take": lambda s: verbs.Take(s.ben),
    "merge tags": lambda s: verbs.MergeTags((s.hot,), s.tag),
    "pipeline": lambda s: verbs.ChangePipeline(counterparts(s)),
    "call": lambda s: AddActivity(s.ben, "call", "Hello", "reached"),
    "earlier meeting": lambda s: AddActivity(s.ben, "meeting", at=datetime(2020, 1, 1, tzinfo=UTC)),
    "planned meeting": lambda s: AddActivity(s.ben, "meeting", at=NEXT_YEARS, subject="Offer", place="Here"),
    "contacted by hand": lambda s: verbs.Edit({"last_contacted_at": datetime(2020, 1, 1, tzinfo=UTC)}),
    "bin": lambda s: verbs.Delete(),
    "restore": lambda s: verbs.Restore(),
    "edit": lambda s: verbs.Edit({"city": "Iași", "email": "new@example.com", "first_name": "Ina"}),
}


# Verbs that require more setup have a separate test, named here by function or file.
ELSEWHERE = {
    "Add": "test_created_leads_go_to_trash_unless_a_user_worked_on_them",
    "Purge": "test_undoing_a_purge_restores_the_lead_with_its_number",
    "AssignByRules": "tests/leads/assignment/test_rules.py",
    "UndoAssignment": "tests/leads/assignment/test_screens.py",
    "HandOver": "tests/accounts/users/test_deactivate.py",
    "MergeLostReasons": "tests/leads/settings/test_merge.py",
}


def counterparts(s) -> tuple:
    """Each status of the first pipeline with its replacement in the second."""
    new = {status.kind: status for status in Status.objects.of_pipeline(s.renewals.pk)}
    old = Status.objects.of_pipeline(s.statuses.new.pipeline_id)
    return tuple((status, new.get(status.kind, new["contacted"])) for status in old)


def test_every_verb_is_done_undone_and_compared():
    every = {name for name, kind in vars(verbs).items() if isinstance(kind, type)}
    named = {name for make in VERBS.values() for name in make.__code__.co_names}
    assert every - named == set(ELSEWHERE)


@pytest.mark.parametrize("name", VERBS)
def test_do_and_undo_leaves_all_tables_as_before(
    name, scene, ada, ann, ben, dan, departments, statuses, sources, reasons, make_tag, renewals
):
    from types import SimpleNamespace

    props = SimpleNamespace(
        ben=ben,
        dan=dan,
        departments=departments,
        statuses=statuses,
        sources=sources,
        reasons=reasons,
        tag=make_tag("new"),
        hot=Tag.objects.get(name="hot"),
        renewals=renewals,
    )
    rows = changeable(ada)
    if name == "restore":
        carry_out(verbs.Delete(), rows, by=ada)
        rows = Lead.objects.changeable_by(ada).filter(deleted_at__isnull=False)
    before = all_tables()
    outcome = carry_out(VERBS[name](props), rows, by=ada)
    after = all_tables()
    assert after != before
    undone = revert_operation(outcome.operation, by=ada)
    assert undone.kept_count == 0
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert all_tables() == after


def test_undoing_a_purge_restores_the_lead_with_its_number(scene, ada):
    carry_out(verbs.Delete(), changeable(ada), by=ada)
    before = list(Lead.objects.order_by("pk").values_list("pk", "email_key", "tags", "status", "value"))
    outcome = carry_out(verbs.Purge(), Lead.objects.in_trash().changeable_by(ada), by=ada)
    assert not Lead.objects.exists()
    revert_operation(outcome.operation, by=ada)
    assert (
        list(Lead.objects.order_by("pk").values_list("pk", "email_key", "tags", "status", "value")) == before
    )


def test_a_field_changed_since_is_kept_and_named(ann, bob, ben, make_lead):
    """The issue's example, smaller: reassign 100, then edit the next action of 30 and the owner of 2."""
    leads = [make_lead(f"Ana {number}") for number in range(100)]
    outcome = carry_out(verbs.Assign(bob), changeable(ann), by=ann)
    carry_out(
        verbs.SetNextAction("Call", None), changeable(ann).filter(pk__in=[x.pk for x in leads[:30]]), by=ann
    )
    others = [lead.pk for lead in leads[50:52]]
    carry_out(verbs.Assign(ben), changeable(ann).filter(pk__in=others), by=ann)
    undone = revert_operation(outcome.operation, by=ann)
    assert len(undone.back["lead"]) == 98
    assert undone.kept == {"lead": {"changed_since": others}}
    assert Lead.objects.filter(owner=None).count() == 98
    assert Lead.objects.filter(next_action="Call").count() == 30
    assert set(Lead.objects.filter(owner=ben).values_list("pk", flat=True)) == set(others)


def test_tags_are_reverted_one_by_one(ann, make_lead, make_tag):
    hot, cold, fair = make_tag("hot"), make_tag("cold"), make_tag("fair")
    lead = make_lead(tags=[hot.pk])
    outcome = carry_out(verbs.AddTags((cold,)), changeable(ann), by=ann)
    carry_out(verbs.AddTags((fair,)), changeable(ann), by=ann)
    revert_operation(outcome.operation, by=ann)
    lead.refresh_from_db()
    assert lead.tags == [hot.pk, fair.pk]


def test_an_operation_may_change_a_row_in_several_statements(ann, make_lead):
    lead = make_lead(city="Cluj")
    with operation("test", by=ann, changed=1) as record:
        for city in ("Iași", "Sibiu", "Arad"):
            Lead.objects.filter(pk=lead.pk).update(city=city)
        Lead.objects.filter(pk=lead.pk).update(zip="1")
        Lead.objects.filter(pk=lead.pk).update(zip="")
    revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert (lead.city, lead.zip) == ("Cluj", "")


def test_created_leads_go_to_trash_unless_a_user_worked_on_them(ann, departments, statuses, sources):
    with operation("test", by=ann, changed=3) as record:
        made = Lead.objects.bulk_create(
            Lead(last_name=f"L{n}", department=departments.sales, status=statuses.new, source=sources.other)
            for n in range(3)
        )
    carry_out(verbs.SetVip(True), changeable(ann).filter(pk=made[0].pk), by=ann)
    undone_since = carry_out(verbs.SetVip(True), changeable(ann).filter(pk=made[1].pk), by=ann)
    revert_operation(undone_since.operation, by=ann)
    undone = revert_operation(record, by=ann)
    assert undone.kept == {"lead": {"worked_on_since": [made[0].pk]}}
    assert set(Lead.objects.in_trash()) == set(made[1:])


def test_an_undo_never_reassigns_a_lead_to_a_deactivated_user(ann, bob, ben, make_lead):
    lead = make_lead(owner=bob)
    outcome = carry_out(verbs.Assign(ben), changeable(ann), by=ann)
    bob.is_active = False
    bob.save()
    with pytest.raises(UndoRefused, match="Reactivate Bob first"):
        revert_operation(outcome.operation, by=ann)
    lead.refresh_from_db()
    assert lead.owner == ben


def test_an_operation_cannot_be_undone_twice_but_can_be_redone(ann, make_lead):
    lead = make_lead()
    outcome = carry_out(verbs.SetVip(True), changeable(ann), by=ann)
    undone = revert_operation(outcome.operation, by=ann)
    with pytest.raises(UndoRefused, match="This change has already been undone"):
        revert_operation(outcome.operation, by=ann)
    revert_operation(undone.operation, by=ann)
    lead.refresh_from_db()
    assert lead.vip
    assert not is_undone(Operation.objects.get(pk=outcome.operation.pk))
    revert_operation(outcome.operation, by=ann)
    lead.refresh_from_db()
    assert not lead.vip


def test_an_undo_is_refused_after_the_undo_period(ann, make_lead, settings):
    make_lead()
    outcome = carry_out(verbs.SetVip(True), changeable(ann), by=ann)
    settings.UNDO_DAYS = 0
    assert get_undo_obstacle(outcome.operation, ann) == "The time limit for undoing it has passed."


def test_undone_moves_do_not_count(ann, make_lead, statuses):
    lead = make_lead()
    entered = lead.status_since
    outcome = carry_out(verbs.Move(statuses.contacted), changeable(ann), by=ann)
    revert_operation(outcome.operation, by=ann)
    moves = list(StatusMove.objects.filter(lead=lead, undone=False))
    assert [(move.to_status, move.left, move.entered) for move in moves] == [(statuses.new, None, entered)]
