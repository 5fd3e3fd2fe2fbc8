"""How far a program has read: for one user, list and scope, and only as long as the changes are there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from crm.models import Installation
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.platform.sql import transaction_numbers
from crm.records.history.verb_execution import operation
from leads.models import Lead

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def of(follower, since: str, expect: int = 200) -> dict:
    return follower.program.get(f"/api/v2/{follower.many}/changes?since={since}", expect=expect)


def set_city(city: str) -> None:
    with operation("test", by=None):
        Lead.objects.update(city=city)


def test_pages_have_so_many_changes_as_asked_for_and_repeat_none(following, ann, make_lead):
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(7)]
    follower = following(ann)
    set_city("Cluj")
    first = follower.ask(3)
    assert [one["id"] for one in first["changes"]] == [lead.pk for lead in leads[:3]]
    assert first["more"]
    assert follower.follow(3) == [(lead.pk, "changed") for lead in leads]
    assert follower.follow(3) == []


def test_the_same_cursor_gives_the_same_changes_again_because_an_answer_may_be_lost(
    following, ann, make_lead
):
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    set_city("Cluj")
    assert follower.ask()["changes"] == follower.ask()["changes"] != []
    make_lead("Jan Novák", owner=ann)
    assert next(one["id"] for one in follower.ask()["changes"]) == lead.pk


def test_while_pages_are_read_later_changes_come_after_them(following, ann, make_lead):
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(4)]
    follower = following(ann)
    set_city("Cluj")
    follower.next = follower.ask(2)["next"]
    set_city("Arad")
    found = follower.follow(2)
    assert [pk for pk, _word in found] == [lead.pk for lead in [*leads[2:], *leads]]
    assert {record["city"] for record in follower.copy.values()} == {"Arad"}


@pytest.mark.parametrize("since", ["nonsense", "1", "%00", "eyJh.b:c:d", "x" * 3_000])
def test_a_damaged_cursor_is_refused(following, ann, since):
    problem = of(following(ann), since, expect=400)
    assert (problem["code"], problem["errors"][0]["parameter"]) == ("invalid_cursor", "since")


def test_a_cursor_of_another_user_list_or_call_is_refused(following, ann, bob, make_lead):
    hers, his, tasks = following(ann), following(bob), following(ann, "tasks")
    for follower, since in ((his, hers.next), (tasks, hers.next), (hers, tasks.next)):
        assert of(follower, since, expect=400)["code"] == "invalid_cursor"
    make_lead("Eva Berg", owner=ann)
    make_lead("Jan Novák", owner=ann)
    page = hers.program.get("/api/v2/leads?limit=1")["next"]
    assert of(hers, page, expect=400)["code"] == "invalid_cursor"


def test_a_user_who_sees_other_leads_by_now_reads_the_list_again(following, ann, departments):
    follower = following(ann)
    Membership.objects.create(user=ann, department=departments.export, position=1)
    problem = of(follower, follower.next, expect=410)
    assert (problem["code"], problem["detail"]) == (
        "cursor_expired",
        "What the user of the token may see has changed since this cursor was made. Read the list again.",
    )


def test_a_cursor_is_too_old_once_the_months_since_then_are_gone(following, ann, monkeypatch):
    follower = following(ann)
    now = timezone.now()
    monkeypatch.setattr(type(CHANGES_TABLE), "get_start", lambda table: now - timedelta(days=30))
    assert of(follower, follower.next)["changes"] == []
    monkeypatch.setattr(type(CHANGES_TABLE), "get_start", lambda table: now + timedelta(days=1))
    assert of(follower, follower.next, expect=410)["detail"].startswith("The changes since this cursor")


def test_after_a_restore_numbers_start_above_all_that_are_there_and_old_cursors_are_refused(
    following, ann, make_lead
):
    Installation.objects.get_or_create(pk=Installation.ROW, defaults={"key": "x"})
    lead = make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    before = transaction_numbers.get_current_snapshot()
    transaction_numbers.start_era_if_restored()
    assert before.earlier_eras == 0
    with connection.cursor() as cursor:
        # As in a database that was restored into a new server, whose transaction IDs begin again.
        cursor.execute("UPDATE crm_change SET transaction_number = transaction_number + 1000000")
    transaction_numbers.start_era_if_restored()
    try:
        assert transaction_numbers.get_current_snapshot().era == before.era * 2
        assert of(follower, follower.next, expect=410)["detail"].startswith("The database was restored")
        later = following(ann)
        set_city("Cluj")
        assert later.follow() == [(lead.pk, "changed")]
        transaction_numbers.start_era_if_restored()
        assert later.follow() == []
    finally:
        Installation.objects.update(earlier_eras=0)


def test_the_number_of_changes_is_limited(following, ann):
    follower = following(ann)
    for limit in ("0", "201", "many"):
        follower.program.get(f"/api/v2/leads/changes?since={follower.next}&limit={limit}", expect=422)


def test_a_token_needs_the_right_to_read(umbra, ann):
    umbra(ann, ["leads.post"]).get("/api/v2/leads/changes", expect=403)
    umbra(ann, ["leads.get"]).get("/api/v2/leads/changes")
    umbra(ann, ["leads.get"]).get("/api/v2/tasks/changes", expect=403)
