"""CRM Connect's pages: near and far pages are parts of one order, for every sort and every user."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.api.connect import lead_pages
from leads.api.connect.list_requests import SORTS
from leads.models import Lead
from tests.examples import one_in

ORDERS = ["", *SORTS, *(f"-{name}" for name in SORTS), "city,-name", "-status,name"]


@pytest.fixture
def many(make_lead, ann, bob, departments, reasons):
    """Some fields are empty, some equal; in two departments, some in Trash."""
    now = timezone.now()
    made = []
    for number in range(13):
        lead = make_lead(
            f"Lead {'cab'[number % 3]}{number}",
            owner=[None, ann, bob][number % 3],
            city=["", "Brno", "Cluj"][number % 3],
            company=["", "Acme", "Zeta"][number % 3],
            email=["", f"x{number % 4}@example.com"][number % 2],
            value=[None, number][number % 2],
            status=["new", "contacted", "qualified"][number % 3],
            source=["website", "event"][number % 2],
            last_contacted_at=[None, now - timedelta(days=number)][number % 2],
            department=[departments.sales, departments.export][number % 5 == 4],
            shared=number % 7 == 4,
            deleted_at=now if number == 6 else None,
        )
        made.append(lead)
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(created_at=now - timedelta(days=number // 2))
    return made


def pages(program, order: str, days: str = "") -> list[list[str]]:
    found = []
    for number in range(1, 8):
        query = f"page={number}&per_page=3&sort={order}{days}"
        body = program.call("GET", f"/api/leads?{query}")
        if program.last.status_code == 404:
            break
        found.append([row["id"] for row in body["data"]])
    return found


@pytest.mark.parametrize("name", one_in(5, ["ann", "carla", "sofia", "bob", "ada"]))
@pytest.mark.hard
def test_near_pages_far_pages_and_the_whole_list_have_the_same_order(connect, cast, many, monkeypatch, name):
    user = getattr(cast, name)
    program = connect(user)
    seen = {str(pk) for pk in Lead.objects.present().visible_to(user).values_list("pk", flat=True)}
    for order in ORDERS:
        near = pages(program, order)
        with monkeypatch.context() as patched:
            patched.setattr(lead_pages, "NEAR", 0)
            assert pages(program, order) == near, order
        together = [pk for page in near for pk in page]
        assert sorted(together) == sorted(seen), order
        whole = [row["id"] for row in program.get(f"/api/leads?sort={order}")]
        # The whole list is streamed by ID.
        assert whole == (together if order else sorted(together, key=int)), order


@pytest.mark.parametrize("order", ["", "-dateadded", "dateadded", "name", "-id"])
def test_days_filter_near_and_far_pages_alike(connect, ann, many, monkeypatch, order):
    program, day = connect(ann), timezone.localdate() - timedelta(days=4)
    for days in (
        f"&created_after={day}",
        f"&created_before={day}",
        f"&created_after={day}&created_before={day}",
    ):
        near = pages(program, order, days)
        with monkeypatch.context() as patched:
            patched.setattr(lead_pages, "NEAR", 0)
            assert pages(program, order, days) == near, days
        whole = program.get(f"/api/leads?sort={order}{days}")
        assert sorted(row["id"] for row in whole) == sorted(pk for page in near for pk in page)


def test_empty_values_come_last_in_both_directions(connect, ann, many):
    program = connect(ann)
    for order in ("company", "-company", "lastcontact", "-lastcontact"):
        name = order.lstrip("-")
        values = [row[name] for row in program.get(f"/api/leads?sort={order}")]
        filled = [value for value in values if value]
        assert values == filled + values[len(filled) :]
        assert filled == sorted(filled, reverse=order.startswith("-"))


def test_a_poll_returns_the_newest_leads_its_user_can_see(connect, bob, many):
    seen = Lead.objects.present().visible_to(bob).order_by("-created_at", "-id")
    wanted = [str(pk) for pk in seen.values_list("pk", flat=True)]
    found = connect(bob).get("/api/zapier/poll/leads?limit=4")["data"]
    assert [row["id"] for row in found] == wanted[:4]
    since = round((timezone.now() - timedelta(days=2, hours=1)).timestamp())
    few = connect(bob).get(f"/api/zapier/poll/leads?since={since}")["data"]
    assert [row["id"] for row in few] == wanted[: len(few)]
    assert 0 < len(few) < len(wanted)
