"""What the database derives: timestamps, moves, keys, base values; on random histories, a rebuild finds no difference."""

import random
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from crm.models import Change
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads import verbs
from leads.models import Lead, Newsletter, Rate, StatusMove, Unsubscribe
from mailings.models import Mailing


def changeable(user):
    return Lead.objects.present().changeable_by(user)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_after_a_random_history_a_rebuild_finds_no_difference(
    seed, ada, bob, ben, statuses, reasons, make_lead
):
    """Every operation in its own transaction, as in production, so that times differ; includes undo and redo."""
    chance = random.Random(seed)
    leads = [make_lead(f"Ana {number}", owner=chance.choice([None, bob])) for number in range(4)]
    done, now = [], timezone.now()
    choices = [
        lambda: verbs.Move(
            chance.choice([statuses.new, statuses.contacted, statuses.qualified, statuses.won])
        ),
        lambda: verbs.Move(statuses.lost, reasons.budget),
        lambda: verbs.Assign(chance.choice([bob, ben, None])),
        lambda: verbs.SetVip(chance.random() < 0.5),
        lambda: AddActivity(
            ada,
            "call",
            "",
            chance.choice(["reached", "no_answer"]),
            at=now - timedelta(days=chance.randint(0, 9)),
        ),
        lambda: verbs.Edit({"last_contacted_at": now - timedelta(days=chance.randint(0, 9))}),
        lambda: verbs.Edit({"city": chance.choice(["Cluj", "Iași"]), "email": chance.choice(["", "a@b.ro"])}),
    ]
    for _step in range(30):
        if done and chance.random() < 0.35:
            try:
                done.append(revert_operation(chance.choice(done), by=ada).operation)
            except UndoRefused:
                continue
        else:
            some = [lead.pk for lead in chance.sample(leads, chance.randint(1, 4))]
            outcome = carry_out(chance.choice(choices)(), changeable(ada).filter(pk__in=some), by=ada)
            if outcome.operation:
                done.append(outcome.operation)
    assert list(find_history_differences()) == []
    for lead in Lead.objects.all():
        assert StatusMove.objects.filter(lead=lead, left=None, undone=False).count() == 1


def test_the_check_names_tampered_values(ada, make_lead, capsys):
    lead = make_lead(city="Cluj")
    call_command("check_history")
    assert "Everything matches" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL leadwell.machine = 'on'")
        cursor.execute("UPDATE leads_lead SET city_key = 'wrong' WHERE id = %s", [lead.pk])
        cursor.execute("SET LOCAL leadwell.machine = 'off'")
    with pytest.raises(SystemExit):
        call_command("check_history")
    assert f"lead {lead.pk}: city_key is wrong, should be cluj" in capsys.readouterr().out


def test_a_write_outside_an_operation_is_an_error_in_tests(make_lead):
    from django.db.utils import DatabaseError

    lead = make_lead()
    with pytest.raises(DatabaseError, match="outside an operation"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")


def test_the_operation_ends_with_its_block(ann, make_lead):
    make_lead()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('leadwell.operation', true)")
        assert cursor.fetchone()[0] == ""


def test_copy_and_executemany_are_recorded(ann, departments, statuses, sources, make_lead):
    lead = make_lead()
    with operation("test", by=ann) as record, connection.cursor() as cursor:
        cursor.executemany("UPDATE leads_lead SET city = %s WHERE id = %s", [("A", lead.pk), ("B", lead.pk)])
        columns = "last_name, department_id, status_id, source_id, first_name, title, company, email, second_email, phone, "
        columns += "mobile, website, country, city, state, address, zip, language, description, currency, lost_remark, "
        columns += "next_action"
        with cursor.copy(f"COPY leads_lead ({columns}) FROM STDIN") as copy:
            row = [
                "Copied",
                departments.sales.pk,
                statuses.new.pk,
                sources.other.pk,
                *[""] * 15,
                "EUR",
                "",
                "",
            ]
            row = row[: len(columns.split(","))]
            copy.write_row(row)
    kinds = list(Change.objects.filter(operation=record).order_by("id").values_list("kind", "fields"))
    assert kinds == [("update", {"city": ["", "A"]}), ("update", {"city": ["A", "B"]}), ("insert", None)]
    copied = Lead.objects.get(last_name="Copied")
    assert copied.name_key == "copied"
    assert copied.moves.count() == 1


def test_the_shown_name_is_the_sort_key(make_lead):
    lead = make_lead("", company="Ölwerk", mobile="0722")
    assert (str(lead), lead.name_key) == ("Ölwerk", "olwerk")
    lead = make_lead("", mobile="0722 1")
    assert (str(lead), lead.name_key) == ("0722 1", "0722 1")


def test_a_lead_requires_a_name_or_a_contact_detail(make_lead):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError, match="lead_has_a_name"), transaction.atomic():
        make_lead("")


def test_the_base_value_uses_the_rate_of_the_day_the_lead_was_added(make_lead):
    Rate.objects.create(currency="RON", day="2026-01-01", rate="0.20")
    Rate.objects.create(currency="RON", day="2026-06-01", rate="0.25")
    values = {"value": 100, "currency": "RON"}
    assert make_lead("A", created_at="2026-03-01T10:00Z", **values).base_value == 20
    assert make_lead("B", created_at="2026-07-01T10:00Z", **values).base_value == 25
    assert make_lead("C", created_at="2025-07-01T10:00Z", **values).base_value is None
    assert make_lead("D", value=7, currency="EUR").base_value == 7


def test_the_newsletter_state_follows_deliveries_and_unsubscribing(ann, make_lead):
    lead = make_lead(email="A@b.ro")
    with operation("test", by=None):
        mailing = Mailing.objects.create(subject="Hi", by=ann)
    mailing.deliveries.create(record=lead.pk, at="2026-01-01T00:00Z", state="sent")
    assert Newsletter.objects.get(lead=lead).state == "receiving"
    Unsubscribe.objects.create(email_key="a@b.ro")
    assert Newsletter.objects.get(lead=lead).state == "unsubscribed"


def test_an_unsubscribed_person_stays_so_when_imported_again_and_after_every_undo(ann, make_lead):
    Unsubscribe.objects.create(email_key="a@b.ro")
    lead = make_lead(email="a@B.ro")
    assert Newsletter.objects.get(lead=lead).state == "unsubscribed"
    outcome = carry_out(verbs.Edit({"email": "new@b.ro"}), changeable(ann), by=ann)
    assert not Newsletter.objects.filter(lead=lead).exists()
    revert_operation(outcome.operation, by=ann)
    assert Newsletter.objects.get(lead=lead).state == "unsubscribed"


def test_assigning_sets_a_timestamp_and_unassigning_clears_it(ann, bob, make_lead):
    lead = make_lead()
    carry_out(verbs.Assign(bob), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.assigned_at is not None
    carry_out(verbs.Assign(None), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.assigned_at is None


def test_nothing_happens_to_a_lead_before_it_is_added(ann, make_lead):
    """The clock of the database may be behind that of the worker, whose time imported leads get."""
    added = timezone.now() + timedelta(minutes=1)
    lead = make_lead(owner=ann, created_at=added)
    moments = {name: getattr(lead, name) for name in Lead.never_before_added}
    assert moments == {
        "status_since": added,
        "assigned_at": added,
        "contact_due_at": None,
        "updated_at": added,
    }
    carry_out(verbs.Assign(None), changeable(ann), by=ann)
    carry_out(verbs.Assign(ann), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.assigned_at == lead.updated_at == added


def test_a_move_is_never_before_the_status_that_it_left(ann, make_lead, statuses):
    """In one transaction the lead is newer than the transaction's start; and a clock may be set back."""
    lead = make_lead()
    ahead = lead.status_since + timedelta(minutes=1)
    with operation("edit", by=ann):
        Lead.objects.filter(pk=lead.pk).update(status_since=ahead)
    carry_out(verbs.Move(statuses.contacted), changeable(ann), by=ann)
    carry_out(verbs.Move(statuses.qualified), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.status_since == ahead
    moves = StatusMove.objects.filter(lead=lead).order_by("id")
    assert [move.to_status for move in moves[1:]] == [statuses.contacted, statuses.qualified]
    assert all(move.left is None or move.left >= move.entered for move in moves[1:])
    assert list(find_history_differences()) == []


def test_a_lead_that_was_permanently_deleted_and_brought_back_begins_its_history_anew(
    ada, make_lead, statuses
):
    rows = Lead.objects.filter(pk=make_lead().pk)
    carry_out(verbs.Move(statuses.contacted), rows, by=ada)
    carry_out(verbs.Delete(), rows, by=ada)
    revert_operation(carry_out(verbs.Purge(), rows, by=ada).operation, by=ada)
    carry_out(verbs.Restore(), rows, by=ada)
    carry_out(verbs.Move(statuses.qualified), rows, by=ada)
    assert list(find_history_differences()) == []
