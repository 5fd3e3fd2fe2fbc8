"""Sets of real size: work between the preview of 100,000 leads and the click, and undoing after changes by others."""

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from crm.models import Change, Operation
from crm.platform.jobs import run_job
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.hard.many import many_leads

pytestmark = [
    pytest.mark.hard,
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
]

MATCHING = 100_000


def changeable(user, ids: list[int]):
    return Lead.objects.changeable_by(user).filter(pk__any=ids)


@pytest.fixture
def browser(ann):
    client = Client()
    client.force_login(ann, backend="accounts.sign_in.EmailBackend")
    return client


@pytest.mark.nightly
def test_others_keep_working_between_the_preview_of_100_000_leads_and_the_click(
    browser, ann, ada, departments, statuses, sources
):
    matching = many_leads(MATCHING, departments.sales, statuses.new, sources.other, "RO")
    elsewhere = many_leads(1_000, departments.sales, statuses.new, sources.other, "DE")
    foreign = many_leads(1_000, departments.export, statuses.new, sources.other, "RO")

    answer = browser.post("/admin/leads/bulk?country=RO", {"action": "vip", "all": "1"})
    address = answer["Location"]
    assert "100,000" in browser.get(address).text

    unmatched, edited, left, binned = matching[:30], matching[30:50], matching[50:60], matching[60:65]
    added = many_leads(50, departments.sales, statuses.new, sources.other, "RO")
    carry_out(verbs.SetCountry("DE"), changeable(ada, unmatched), by=ada)
    carry_out(verbs.Edit({"city": "Iași"}), changeable(ada, edited), by=ada)
    carry_out(verbs.ChangeDepartment(departments.export), changeable(ada, left), by=ada)
    carry_out(verbs.Delete(), changeable(ada, binned), by=ada)

    jobs = pressed_twice(ann, address)
    assert len(set(jobs)) == 1, "the second press leads to the job of the first"
    for pk in jobs:
        run_job(job_id=pk)

    record = Operation.objects.get(kind="vip")
    gone = set(left) | set(binned)
    assert set(Lead.objects.filter(vip=True).values_list("pk", flat=True)) == set(matching) - gone
    assert (record.matched, record.changed, record.refused) == (MATCHING, MATCHING - 15, 15)
    assert Change.objects.filter(operation=record).count() == MATCHING - 15
    assert not Lead.objects.filter(pk__in=[*added, *elsewhere, *foreign], vip=True).exists()

    page = browser.get(f"/admin/operations/{record.pk}").text
    assert "99,985" in page
    for number in Lead.objects.filter(pk__in=binned).values_list("pk", flat=True):
        assert f"/admin/leads/{number}" in page, "a binned lead that the reader still sees is named"
    verdicts = {verdict.reason: verdict.count for verdict in record.verdicts.filter(word="refused")}
    assert verdicts == {"hidden": 10, "binned": 5}
    # Clicked again much later: it leads to the operation.
    assert browser.post(address)["Location"] == f"/admin/operations/{record.pk}"


def pressed_twice(user, address: str) -> list[int]:
    """Two browsers click at the same moment; returns the ids of the jobs they are redirected to."""
    found, barrier = [], threading.Barrier(2)

    def press():
        try:
            client = Client()
            client.force_login(user, backend="accounts.sign_in.EmailBackend")
            barrier.wait()
            found.append(int(client.post(address)["Location"].rpartition("/")[2]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_an_undo_of_1_000_assignments_keeps_later_changes_of_others(
    ann, bob, ben, oscar, departments, statuses, sources
):
    ids = many_leads(1_000, departments.sales, statuses.new, sources.other, "RO", owner=bob)
    record = carry_out(verbs.Assign(ben), changeable(ann, ids), by=ann).operation
    carry_out(verbs.SetNextAction("Call back", None), changeable(oscar, ids[:300]), by=oscar)
    carry_out(verbs.Assign(None), changeable(ann, ids[100:120]), by=ann)

    outcome = revert_operation(record, by=ann)

    leads = Lead.objects.filter(pk__in=ids)
    assert leads.filter(owner=bob).count() == 980
    assert set(leads.filter(owner=None).values_list("pk", flat=True)) == set(ids[100:120])
    assert leads.filter(next_action="Call back").count() == 300
    assert outcome.kept_count == 20
    kept = outcome.operation.verdicts.get(word="refused")
    assert sorted(kept.ids) == ids[100:120]


@pytest.mark.nightly
def test_a_bulk_change_is_fast_on_a_connection_that_changed_single_leads_before(
    ann, departments, statuses, sources
):
    """Functions cache the plan of their first call: with one row it was a nested loop, 50 times slower."""
    ids = many_leads(8_000, departments.sales, statuses.new, sources.other, "RO")
    ways = [
        verbs.SetVip(True),
        verbs.Move(statuses.contacted),
        verbs.Edit({"city": "Cluj", "email": "a@b.ro"}),
    ]

    def duration():
        begun = time.monotonic()
        for verb in ways:
            revert_operation(carry_out(verb, changeable(ann, ids), by=ann).operation, by=ann)
        return time.monotonic() - begun

    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    fresh = duration()
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    for single, verb in enumerate(ways):
        for pk in ids[single * 10 : single * 10 + 10]:
            carry_out(verb, changeable(ann, [pk]), by=ann)
    assert duration() < 5 * fresh


@pytest.mark.nightly
def test_an_undo_of_moves_is_fast_in_a_new_company_whose_tables_were_analyzed_while_empty(
    ann, departments, statuses, sources
):
    """Without statistics, an index of all moves of the operation, or of one moment, looked as good as that of a lead."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) leads_statusmove")
    ids = many_leads(8_000, departments.sales, statuses.new, sources.other, "RO")
    seconds = []
    for verb in (verbs.SetVip(True), verbs.Move(statuses.contacted)):
        record = carry_out(verb, changeable(ann, ids), by=ann).operation
        begun = time.monotonic()
        revert_operation(record, by=ann)
        seconds.append(time.monotonic() - begun)
    simple, moves = seconds
    assert moves < 8 * simple


@pytest.mark.nightly
def test_an_undo_of_moves_is_fast_although_the_statistics_are_from_before_them(
    ann, departments, statuses, sources
):
    """Autovacuum counts while a change runs. Of the moves since, PostgreSQL expected one and read all leads again for each."""
    ids = many_leads(8_000, departments.sales, statuses.new, sources.other, "RO")
    seconds = {}
    for verb in [verbs.SetVip(True), *4 * [verbs.Move(statuses.contacted)]]:
        with transaction.atomic():
            record = carry_out(verb, changeable(ann, ids), by=ann).operation
            with connections["progress"].cursor() as cursor:
                cursor.execute("ANALYZE leads_statusmove")
        for step in ("undo", "undo of the undo", "its undo"):
            begun = time.monotonic()
            record = revert_operation(record, by=ann).operation
            taken = time.monotonic() - begun
            seconds[verb.kind, step] = max(taken, seconds.get((verb.kind, step), 0))
    for (kind, step), taken in seconds.items():
        assert taken < 8 * seconds["vip", step], f"{kind}: {step}"
