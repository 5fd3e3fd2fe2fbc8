"""Undo, timelines, pages of changes and reports are the same whether the changes lie in one partition, in months or in years."""

import re
from itertools import product
from types import SimpleNamespace

import pytest
from django.utils import timezone

from crm.models import Change, Import, Operation, Tag
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead
from tests.crm.records.history.undo.test_every_verb import VERBS, all_tables, changeable
from tests.crm.scaling.months.layouts import LAYOUTS, age
from tests.examples import one_in
from tests.reading import close_up

# Of calls, and of the moment until which numbers are complete.
MINUTES = re.compile(r'(?<=<small class="push soft number">)[^<]*|\b\d\d:\d\d(?=</p>)')


@pytest.fixture(autouse=True)
def everything_can_be_undone(settings):
    settings.UNDO_DAYS = 36_500


@pytest.fixture
def leads(ann, bob, make_lead, make_tag, statuses, reasons):
    """Three leads with a past of several changes."""
    hot = make_tag("hot")
    made = [
        make_lead("Ana One", owner=bob, tags=[hot.pk], email="one@example.com"),
        make_lead("Ana Two", country="RO", value=12, next_action="Call"),
        make_lead("Ana Three", status="lost", lost_reason=reasons.budget, shared=True),
    ]
    for status in (statuses.contacted, statuses.qualified, statuses.new):
        carry_out(verbs.Move(status), changeable(ann).filter(pk=made[0].pk), by=ann)
    carry_out(verbs.SetCountry("AT"), changeable(ann), by=ann)
    return made


@pytest.mark.parametrize(("name", "layout"), one_in(3, product(VERBS, LAYOUTS)))
@pytest.mark.hard
def test_do_and_undo_leaves_all_tables_as_before_in_every_layout(
    name,
    layout,
    monkeypatch,
    leads,
    ada,
    ben,
    dan,
    departments,
    statuses,
    sources,
    reasons,
    make_tag,
    renewals,
):
    named = {"ben": ben, "dan": dan, "departments": departments, "statuses": statuses, "sources": sources}
    found = SimpleNamespace(
        **named, reasons=reasons, tag=make_tag("new"), hot=Tag.objects.get(name="hot"), renewals=renewals
    )
    rows = changeable(ada)
    if name == "restore":
        carry_out(verbs.Delete(), rows, by=ada)
        rows = Lead.objects.changeable_by(ada).in_trash()
    before = all_tables()
    record = carry_out(VERBS[name](found), rows, by=ada).operation
    after = all_tables()
    age()
    LAYOUTS[layout](monkeypatch)
    undone = revert_operation(Operation.objects.get(pk=record.pk), by=ada)
    assert undone.kept_count == 0
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert all_tables() == after


@pytest.mark.parametrize("layout", LAYOUTS)
def test_undoing_a_purge_restores_leads_and_tasks_in_every_layout(layout, leads, ada, monkeypatch):
    carry_out(verbs.Delete(), changeable(ada), by=ada)
    before = all_tables()
    record = carry_out(verbs.Purge(), Lead.objects.in_trash().changeable_by(ada), by=ada).operation
    age()
    LAYOUTS[layout](monkeypatch)
    revert_operation(Operation.objects.get(pk=record.pk), by=ada)
    assert all_tables()["leads_lead"] == before["leads_lead"]
    assert all_tables()["crm_task"] == before["crm_task"]


@pytest.fixture
def pages(leads, ada, make_lead, sign_in):
    """pages() gives what users read of these leads: timelines, changes, reports, and lists of imported leads."""
    with operation("import", by=ada, table="lead") as record:
        for number in range(3):
            Lead.objects.create(**values_of(leads[0], number))
    done = Import.objects.create(
        user=ada, name="fair.xlsx", table="lead", state="done", operation=record, ended_at=timezone.now()
    )
    several = Change.objects.filter(table="lead", row=leads[0].pk).values_list("operation_id", flat=True)
    addresses = [
        *(f"/admin/leads/{lead.pk}" for lead in leads),
        *(f"/admin/leads/{lead.pk}?show=change" for lead in leads),
        *(f"/admin/operations/{pk}" for pk in [*several, record.pk]),
        *(f"/admin/operations/{pk}/undo" for pk in several),
        "/admin/operations",
        f"/admin/leads?imported={done.pk}",
        *(f"/admin/reports/{name}?period=all" for name in ("imports", "funnel", "conversion", "work")),
    ]
    browser = sign_in(ada)

    def read() -> dict[str, str]:
        # When to call back depends on the minute, and numbers say until when they are complete.
        return {address: MINUTES.sub("", words_of(browser.get(address))) for address in addresses}

    return read


def values_of(lead: Lead, number: int) -> dict:
    names = ("department", "status", "source", "currency")
    return {name: getattr(lead, name) for name in names} | {"last_name": f"Imported {number}"}


def words_of(answer) -> str:
    """Without the tokens of its forms."""
    assert answer.status_code == 200
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", close_up(answer.text))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.hard
def test_pages_say_the_same_in_every_layout(layout, pages, monkeypatch):
    age()
    before = pages()
    LAYOUTS[layout](monkeypatch)
    after = pages()
    assert after.keys() == before.keys()
    for address, words in after.items():
        assert words == before[address], address
