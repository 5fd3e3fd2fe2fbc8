"""Concurrency: bulk changes in different orders, edits during a large change, two clicks on one button."""

import threading
import time

import pytest
from django.db import connections, transaction
from django.test import Client

from crm.models import Change, Operation
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled
from tests.hard.many import many_leads
from tests.waiting import until_set

pytestmark = [
    pytest.mark.hard,
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
]


def in_threads(*work):
    """Run the functions at the same time; their results in order, exceptions as results."""
    results = [None] * len(work)
    barrier = threading.Barrier(len(work))

    def run(place, function):
        barrier.wait()
        try:
            results[place] = function()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def many(departments, statuses, sources):
    return many_leads(20_000, departments.sales, statuses.new, sources.other)


@pytest.fixture
def hundred_thousand(departments, statuses, sources):
    return many_leads(100_000, departments.sales, statuses.new, sources.other)


@pytest.mark.nightly
def test_four_bulk_changes_at_once_in_different_orders_never_deadlock(many, ada, bob, statuses):
    verbs_at_once = [
        verbs.SetVip(True),
        verbs.Move(statuses.contacted),
        verbs.Assign(bob),
        verbs.SetCountry("RO"),
    ]
    orders = [many, many[::-1], many[::2] + many[1::2], many[10_000:] + many[:10_000]]
    rows = Lead.objects.present().changeable_by(ada)

    def bulk(verb, ids):
        return lambda: carry_out(verb, rows.all(), by=ada, wanted=ids, channel="bulk")

    for _round in range(2):
        results = in_threads(*(bulk(verb, ids) for verb, ids in zip(verbs_at_once, orders, strict=True)))
        assert [len(outcome.changed) + len(outcome.unchanged) for outcome in results] == [20_000] * 4
        verbs_at_once = [
            verbs.SetVip(False),
            verbs.Move(statuses.new),
            verbs.Assign(None),
            verbs.SetCountry(""),
        ]
    assert Change.objects.filter(kind="update").count() == 160_000


@pytest.mark.nightly
def test_claims_and_inline_edits_during_a_change_of_100_000_get_a_409_and_nothing_hangs(
    hundred_thousand, ada, ann, bob, statuses
):
    many = hundred_thousand
    held, over = threading.Event(), threading.Event()
    rows = Lead.objects.present().changeable_by(ada)

    def progress(done, total):
        held.set()
        until_set(over)

    def large():
        return carry_out(verbs.SetVip(True), rows, by=ada, wanted=many, progress=progress)

    def edits():
        until_set(held)
        try:
            client = Client()
            client.force_login(ann, backend="accounts.sign_in.EmailBackend")
            found = []
            for path, data in (
                (f"/admin/leads/{many[5]}/inline/status", {"status": statuses.contacted.pk}),
                (f"/admin/leads/{many[6]}/inline/vip", {}),
                (f"/admin/leads/{many[7]}/delete", {}),
                (f"/admin/leads/{many[8]}/take", {}),
                (f"/admin/leads/{many[9]}/inline/owner", {"owner": bob.pk, "version": 1}),
                (f"/admin/leads/{many[10]}/inline/next_action", {"text": "Call", "version": 1}),
                (f"/admin/leads/{many[11]}/edit", {"last_name": "Novák", "version": 1}),
            ):
                begun = time.monotonic()
                answer = client.post(path, data)
                found.append((answer.status_code, time.monotonic() - begun, answer.text))
            begun = time.monotonic()
            found.append((client.get("/admin/leads").status_code, time.monotonic() - begun, ""))
            return found
        finally:
            over.set()

    outcome, answers = in_threads(large, edits)
    assert len(outcome.changed) == 100_000
    *writes, (read, waited, _text) = answers
    for status, seconds, text in writes:
        assert status == 409
        assert seconds < 15
        assert "Try again in a moment" in text
    assert read == 200
    assert waited < 15
    kinds = ["move", "bin", "take", "assign", "next_action", "edit"]
    assert not Operation.objects.filter(kind__in=kinds).exists()


def test_an_edit_that_waited_for_another_one_detects_the_conflict(ann, oscar, make_lead):
    lead = make_lead(city="Cluj")
    sent = filled(lead, city="Sibiu")
    locked, go = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            rows = Lead.objects.present().changeable_by(oscar)
            carry_out(verbs.Edit({"city": "Iași"}), rows, by=oscar)
            locked.set()
            until_set(go)

    def second():
        until_set(locked)
        threading.Timer(0.5, go.set).start()
        client = Client()
        client.force_login(ann, backend="accounts.sign_in.EmailBackend")
        return client.post(f"/admin/leads/{lead.pk}/edit", sent)

    _first, answer = in_threads(first, second)
    assert answer.status_code == 409
    assert "Iași" in answer.text
    lead.refresh_from_db()
    assert lead.city == "Iași"


def test_a_lead_that_leaves_the_scope_while_a_verb_waits_is_not_changed(ann, ada, departments, make_lead):
    lead = make_lead()
    locked, go = threading.Event(), threading.Event()

    def move_away():
        with transaction.atomic():
            carry_out(verbs.ChangeDepartment(departments.export), Lead.objects.changeable_by(ada), by=ada)
            locked.set()
            until_set(go)

    def set_vip():
        until_set(locked)
        threading.Timer(0.5, go.set).start()
        return carry_out(
            verbs.SetVip(True), Lead.objects.present().changeable_by(ann), by=ann, wanted=[lead.pk]
        )

    _moved, outcome = in_threads(move_away, set_vip)
    assert outcome.changed == []
    assert outcome.hidden == 1
    lead.refresh_from_db()
    assert not lead.vip


def test_only_one_of_two_users_who_take_a_lead_at_once_gets_it(bob, ben, make_lead):
    lead = make_lead()

    def take(user):
        return lambda: carry_out(
            verbs.Take(user), Lead.objects.present().takeable_by(user).filter(pk=lead.pk), by=user
        )

    outcomes = in_threads(take(bob), take(ben))
    assert sorted(len(outcome.changed) for outcome in outcomes) == [0, 1]


def test_one_frozen_set_applied_by_two_tabs_at_once_makes_one_operation(ann, make_lead):
    from crm.records.editing.bulk_actions import freeze_set

    leads = [make_lead(f"Ana {number}") for number in range(20)]
    frozen = freeze_set(ann, "lead", [lead.pk for lead in leads], "")

    def press():
        client = Client()
        client.force_login(ann, backend="accounts.sign_in.EmailBackend")
        return client.post(f"/admin/leads/bulk/{frozen.pk}/vip")

    answers = in_threads(press, press, press)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Operation.objects.filter(kind="vip").count() == 1


def test_an_undo_clicked_twice_at_once_runs_once(ann, make_lead):
    make_lead()
    record = carry_out(verbs.SetVip(True), Lead.objects.present().changeable_by(ann), by=ann).operation

    def press():
        client = Client()
        client.force_login(ann, backend="accounts.sign_in.EmailBackend")
        return client.post(f"/admin/operations/{record.pk}/undo").status_code

    assert sorted(in_threads(press, press)) == [302, 409]
    assert Operation.objects.filter(kind="undo").count() == 1
