"""Assignment rules under races: twenty programs that add leads at once, and a run that waits for a long one."""

import threading
from collections import Counter

import pytest
from django.db import connection

from accounts.models import User
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import add_records
from leads.assignment import new_leads
from leads.models import AssignmentRule, AssignmentRun, Lead
from leads.verbs import Add, AssignByRules
from tests.conftest import make_user
from tests.crm.transfer.imports.importing import work
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.hard.many import many_leads
from tests.leads.assignment.assigning import make_rule
from tests.waiting import until_set

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

THREADS, EACH = 20, 6


@pytest.fixture
def team(departments):
    """Seven members of Export, beside those of the cast."""
    return [make_user(f"member{number}", "rep", [departments.export]) for number in range(7)]


@pytest.mark.parametrize("assigns_to", ["in_turn", "fewest"])
def test_twenty_threads_share_leads_so_that_counts_differ_by_at_most_one(
    lead_of, departments, statuses, sources, ada, team, assigns_to
):
    make_rule("Export", department=departments.export, assigns_to=assigns_to)
    values = {"department": departments.sales, "status": statuses.new, "source": sources.other}

    def program(thread: int):
        def adds():
            for number in range(EACH):
                row = {**values, "first_name": f"Ana {thread}", "last_name": f"{number}"}
                add_records(Add(Lead, [row], way="api"), by=ada, channel="api")

        return adds

    results = in_threads(*(program(thread) for thread in range(THREADS)))
    assert results == [None] * THREADS
    given = Counter(Lead.objects.values_list("owner", flat=True))
    assert set(given) == set(
        User.objects.in_departments([departments.export.pk]).values_list("pk", flat=True)
    )
    assert max(given.values()) - min(given.values()) <= 1
    assert sum(given.values()) == THREADS * EACH


def test_bulk_runs_and_single_leads_at_once_are_fair_together(departments, statuses, sources, ada, team):
    make_rule("Export", department=departments.export)
    ids = many_leads(2_000, departments.sales, statuses.new, sources.other)
    rows = Lead.objects.present()

    def run(part):
        return lambda: carry_out(AssignByRules(), rows, by=ada, wanted=part)

    outcomes = in_threads(*(run(ids[start::THREADS]) for start in range(THREADS)))
    assert sum(len(outcome.changed) for outcome in outcomes) == 2_000
    given = Counter(Lead.objects.values_list("owner", flat=True))
    assert max(given.values()) - min(given.values()) <= 1


def test_a_lead_that_comes_in_during_a_long_run_is_kept_and_stays_unassigned(
    departments, statuses, sources, make_lead, team
):
    rule = make_rule("Export", department=departments.export)
    (first,) = many_leads(1, departments.sales, statuses.new, sources.other)
    lead, held, over = make_lead(), threading.Event(), threading.Event()

    def long_run():
        with operation("test", by=None, table="lead") as record:
            new_leads.assign_new_leads(record, [first], "import")
            held.set()
            until_set(over)

    def comes_in():
        until_set(held)
        try:
            with operation("test", by=None, table="lead") as record:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '200ms'")
                return new_leads.assign_new_leads(record, [lead.pk], "form")
        finally:
            over.set()

    assert in_threads(long_run, comes_in) == [None, None]
    lead.refresh_from_db()
    assert (lead.owner, Lead.objects.get(pk=first).owner is None) == (None, False)
    assert AssignmentRule.objects.filter(pk=rule.pk).exists()
    runs = AssignmentRun.objects.order_by("way")
    assert [(run.way, run.leads, run.waited_too_long) for run in runs] == [
        ("form", 1, True),
        ("import", 1, False),
    ]


@pytest.mark.nightly
def test_a_rule_that_would_move_100_000_leads_asks_first_and_is_undone_from_the_run_log(
    sign_in, departments, statuses, sources, ada, bob
):
    """No rule touches leads that are there already until a user has seen the preview and applied it."""
    many_leads(100_000, departments.sales, statuses.new, sources.other)
    make_rule("Everything", user=bob)
    assigned, browser = Lead.objects.filter(owner=bob), sign_in(ada)
    browser.post("/admin/rules/order", {"up": AssignmentRule.objects.get().pk})
    assert not assigned.exists()
    page = browser.post("/admin/leads/bulk", {"action": "rules", "all": "1"})["Location"]
    preview = browser.get(page, {"owned": "keep"})
    assert preview.context["parts"] == [("Everything", [("Bob", 100_000)])]
    assert not assigned.exists()
    assert browser.post(page, {"owned": "keep"})["Location"].startswith("/admin/jobs/")
    assert not assigned.exists()
    work()
    assert assigned.count() == 100_000
    run = AssignmentRun.objects.get()
    assert (run.leads, run.assigned) == (100_000, 100_000)
    browser.post(f"/admin/rules/log/{run.pk}/undo")
    work()
    assert not assigned.exists()
