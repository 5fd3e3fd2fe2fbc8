"""Calls of one assistant at the same time: together they never pass its limit, and a preview is applied once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from leads.models import Lead
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

PROGRAMS = 4


def do_at_once(work, values) -> list:
    """work(value) for each of them, begun at the same moment, each with a connection of its own."""
    begin = threading.Barrier(len(values))

    def run(value):
        try:
            begin.wait(PATIENCE)
            return work(value)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(values)) as pool:
        return list(pool.map(run, values))


@pytest.mark.usefixtures("stopped_clock")
def test_calls_at_once_do_not_pass_the_limit_of_an_hour_together(assistant, ann, make_lead):
    leads = [make_lead(owner=ann) for _ in range(PROGRAMS)]
    me = assistant(ann, limits={"records_per_hour": 2})
    edited = do_at_once(
        lambda lead: me.call("edit_record", type="lead", id=lead.pk, values={"title": "Boss"}), leads
    )
    assert sorted(result["isError"] for result in edited) == [False, False, True, True]
    assert Lead.objects.filter(title="Boss").count() == 2


def test_a_preview_that_is_applied_by_calls_at_once_is_applied_once(assistant, ann, make_lead):
    ids = [make_lead(owner=ann).pk for _ in range(3)]
    me = assistant(ann)
    asked = {"type": "lead", "action": "vip", "ids": ids}
    preview = me.use("change_records", **asked)["preview"]["preview"]
    applied = do_at_once(lambda _: me.call("change_records", **asked, preview=preview), range(PROGRAMS))
    assert sorted(result["isError"] for result in applied) == [False, True, True, True]
    assert len(me.use("list_own_changes")["data"]["changes"]) == 1
