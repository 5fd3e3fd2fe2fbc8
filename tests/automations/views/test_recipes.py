"""The recipes of docs/automations.md: each is set up through the form, turned on, and seen to act."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from automations.models import Automation, WaitingRecord
from automations.running.waking_queue import run_due_clock, run_due_wait
from crm.models import Activity, Notification, Task, WebhookDelivery
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from mailings.audience.audience import write_recipients
from sequences.models import Enrollment
from sequences.running.enrollment_ends import end_enrollments, finish_enrollments
from tests.automations.automating import work
from tests.automations.mailed import deliver, make_mailing, respond
from tests.automations.outgoing.conftest import hook, make_hook, template
from tests.crm.work.emails.emailing import work as send_all
from tests.sequences.sequencing import build_step, make_sequence, start

__all__ = ["hook", "make_hook", "template"]

pytestmark = pytest.mark.django_db

AUTOMATIONS = "/admin/automations"


@dataclass
class World:
    """What recipes name, and what they do."""

    ada: Any
    bob: Any
    statuses: Any
    sources: Any
    tag: Any
    field: Any
    template: Any
    hook: Any
    make: dict[str, Callable[..., Any]]

    def add(self, table: str, *names: str, **values: Any) -> Any:
        return self.make[table](*names, **values)

    def edit(self, record: Any, **values: Any) -> None:
        rows = type(record).objects.filter(pk=record.pk)
        carry_out(KINDS[record.table].edit(values), rows, by=self.bob)
        record.refresh_from_db()


@pytest.fixture
def world(
    ada,
    bob,
    statuses,
    sources,
    template,
    hook,
    make_tag,
    make_field,
    make_lead,
    make_company,
    make_contact,
    make_deal,
):
    made = {"lead": make_lead, "company": make_company, "contact": make_contact, "deal": make_deal}
    tag, field = make_tag("Key account"), make_field("Grade")
    return World(ada, bob, statuses, sources, tag, field, template, hook, made)


def read_tasks() -> list[tuple[str, int]]:
    return [(task.title, task.record) for task in Task.objects.present()]


def call_vips(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead, _other = world.add("lead", vip=True, owner=world.bob), world.add("lead", "Ana Albu")
        work()
        assert read_tasks() == [("Call", lead.pk)]

    return {
        "conditions": "vip=yes",
        "step": "0-add_task",
        "s0-title": "Call",
        "s0-days": "1",
        "s0-type": "call",
    }, see


def assign_partner_leads(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", source=world.sources.partner, owner=None)
        work()
        lead.refresh_from_db()
        assert lead.owner == world.bob

    partner = world.sources.partner.pk
    return {"conditions": f"source={partner}", "step": "0-assign", "s0-owner": world.bob.pk}, see


def send_the_offer(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", owner=world.bob)
        world.edit(lead, status=world.statuses.qualified)
        work()
        assert read_tasks() == [("Send the offer", lead.pk)]

    when = {"trigger": "status_entered", "when-status": world.statuses.qualified.pk}
    return {**when, "step": "0-add_task", "s0-title": "Send the offer", "s0-days": "2"}, see


def ask_why_lost(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", owner=world.bob, status=world.statuses.qualified)
        world.edit(lead, status=world.statuses.contacted)
        work()
        assert [note.text for note in Activity.objects.present()] == ["No longer qualified: say why."]

    when = {"trigger": "status_left", "when-status": world.statuses.qualified.pk}
    return {**when, "step": "0-add_note", "s0-text": "No longer qualified: say why."}, see


def tell_the_new_owner(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        deal = world.add("deal", owner=world.ada)
        world.edit(deal, owner=world.bob)
        work()
        assert Notification.objects.filter(user=world.bob, kind="automation_acted").count() == 1

    when = {"of": "deal", "trigger": "field_changed", "when-field": "owner"}
    return {**when, "step": "0-notify", "s0-people": "owner", "s0-text": "A deal is yours"}, see


def mark_key_accounts(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        company, other = world.add("company", country="RO"), world.add("company", "Other", country="CZ")
        work()
        company.refresh_from_db(), other.refresh_from_db()
        assert (company.tags, other.tags) == ([world.tag.pk], [])

    return {"of": "company", "conditions": "country=RO", "step": "0-tag", "s0-tags": world.tag.pk}, see


def unmark_former_vips(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", vip=True, tags=[world.tag.pk], owner=world.bob)
        world.edit(lead, vip=False)
        work()
        lead.refresh_from_db()
        assert lead.tags == []

    when = {"trigger": "field_changed", "when-field": "vip", "when-to": "no"}
    return {**when, "step": "0-untag", "s0-tags": world.tag.pk}, see


def fill_a_field_in(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead, other = world.add("lead", city="Cluj"), world.add("lead", "Ana Albu", city="Brno")
        work()
        lead.refresh_from_db(), other.refresh_from_db()
        assert (lead.state, other.state) == ("Cluj County", "")

    step = {"step": "0-set", "s0-field": "state", "s0-asked": "state", "s0-value": "Cluj County"}
    return {"conditions": "city.is=Cluj", **step}, see


def start_contacted_leads(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", owner=None)
        world.edit(lead, owner=world.bob)
        work()
        lead.refresh_from_db()
        assert lead.status == world.statuses.contacted

    when = {"trigger": "field_changed", "when-field": "owner", "when-from": "none"}
    return {**when, "step": "0-move", "s0-status": world.statuses.contacted.pk}, see


def do_several_things(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", country="RO", owner=None)
        work()
        lead.refresh_from_db()
        assert (lead.owner, read_tasks()) == (world.bob, [("Welcome", lead.pk)])
        assert Task.objects.get().user == world.bob

    steps = {
        "step": ["0-assign", "1-add_task"],
        "s0-owner": world.bob.pk,
        "s1-title": "Welcome",
        "s1-days": "0",
    }
    return {"conditions": "country=RO", **steps}, see


def welcome_by_email(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", source=world.sources.website, email="jan@example.cz", owner=world.bob)
        work()
        send_all()
        (letter,) = mail.outbox
        assert (letter.to, Activity.objects.get().record) == (["jan@example.cz"], lead.pk)

    steps = {"step": "0-send_email", "s0-template": world.template.pk, "s0-sender": "department"}
    return {"conditions": f"source={world.sources.website.pk}", **steps}, see


def convert_qualified_leads(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", company="Novák s.r.o.", email="jan@example.cz", owner=world.bob)
        world.edit(lead, status=world.statuses.qualified)
        work()
        lead.refresh_from_db()
        assert (lead.status, lead.client.name) == (world.statuses.won, "Novák s.r.o.")

    when = {"trigger": "status_entered", "when-status": world.statuses.qualified.pk}
    return {**when, "step": "0-convert"}, see


def tell_a_program(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", vip=False, owner=world.bob)
        world.edit(lead, vip=True)
        work()
        assert WebhookDelivery.objects.get().webhook == world.hook

    when = {"trigger": "field_changed", "when-field": "vip", "when-to": "yes"}
    return {**when, "step": "0-webhook", "s0-webhook": world.hook.pk}, see


RECIPES = {
    "A call to every new VIP lead": call_vips,
    "Partner leads to one person": assign_partner_leads,
    "The offer for every qualified lead": send_the_offer,
    "A note when a lead is no longer qualified": ask_why_lost,
    "Notify the new owner of a deal": tell_the_new_owner,
    "A tag for companies of a country": mark_key_accounts,
    "Remove a tag from former VIP leads": unmark_former_vips,
    "Fill in the county of a city": fill_a_field_in,
    "Move a lead on once it has an owner": start_contacted_leads,
    "Assign and add a task in one go": do_several_things,
    "A welcome email to every new lead": welcome_by_email,
    "Convert qualified leads": convert_qualified_leads,
    "Tell another program about VIP leads": tell_a_program,
}


def by_clock(days: int = 0) -> None:
    """The looks of the clock until the end of a day."""
    with transaction.atomic():
        while run_due_clock(timezone.now() + timedelta(days=days)):
            pass


def offer_help_after_silence(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", owner=world.bob)
        by_clock(2)
        assert read_tasks() == []
        by_clock(30)
        by_clock(60)
        assert read_tasks() == [("Ask how it is going", lead.pk)]

    when = {"trigger": "quiet", "when-quiet": "5", "when-time": "08:00"}
    return {**when, "step": "0-add_task", "s0-title": "Ask how it is going", "s0-days": "0"}, see


def prepare_the_close(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        day = timezone.localdate() + timedelta(days=10)
        world.add("deal", owner=world.bob, expected_close=day)
        by_clock(1)
        assert not Notification.objects.filter(kind="automation_acted").exists()
        by_clock(8)
        assert Notification.objects.get(kind="automation_acted").user == world.bob

    when = {"of": "deal", "trigger": "date", "when-field": "expected_close", "when-side": "before"}
    when |= {"when-days": "3", "when-time": "09:00"}
    return {**when, "step": "0-notify", "s0-people": "owner", "s0-text": "Closes soon"}, see


def chase_overdue_tasks(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", owner=world.bob)
        world.edit(lead, next_action="Call", next_action_on=timezone.localdate() + timedelta(days=1))
        by_clock(20)
        assert Notification.objects.get(kind="automation_acted").user == world.ada

    when = {"trigger": "task_overdue", "when-days": "2", "when-time": "08:00"}
    return {**when, "step": "0-notify", "s0-people": world.ada.pk, "s0-text": "Overdue"}, see


def collect_unassigned_leads(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead, other = world.add("lead", owner=None), world.add("lead", "Ana Albu", owner=world.ada)
        by_clock(4)
        lead.refresh_from_db(), other.refresh_from_db()
        assert (lead.owner, other.owner) == (world.bob, world.ada)

    when = {"trigger": "daily", "when-on": "working_days", "when-time": "17:30"}
    return {**when, "conditions": "owner=none", "step": "0-assign", "s0-owner": world.bob.pk}, see


def follow_up_after_days(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", owner=world.bob)
        world.edit(lead, status=world.statuses.contacted)
        work()
        assert [note.text for note in Activity.objects.present()] == ["Contacted."]
        row = WaitingRecord.objects.get()
        with transaction.atomic():
            run_due_wait(row.due_at)
        assert read_tasks() == [("Call again", lead.pk)]

    when = {"trigger": "status_entered", "when-status": world.statuses.contacted.pk}
    steps = {"step": ["0-add_note", "1-wait", "2-add_task"], "s0-text": "Contacted.", "s1-number": "3"}
    steps |= {"s1-unit": "working_days", "s2-title": "Call again", "s2-days": "0"}
    return {**when, "conditions": f"status={world.statuses.contacted.pk}", **steps}, see


RECIPES |= {
    "A task after a week of silence": offer_help_after_silence,
    "Three days before a deal should close": prepare_the_close,
    "Notify a manager of overdue tasks": chase_overdue_tasks,
    "Unassigned leads to one person each evening": collect_unassigned_leads,
    "Call again three working days after the first contact": follow_up_after_days,
}


def add_to_a_mailing_list(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        lead = world.add("lead", source=world.sources.website, email="a@example.com")
        world.add("lead", "Other", source=world.sources.partner, email="b@example.com")
        work()
        chosen = {"query": f"tags={world.tag.pk}", "ids": None, "department": lead.department}
        mailing = make_mailing(world.ada, state="draft", **chosen)
        write_recipients(mailing)
        assert list(mailing.deliveries.values_list("record", flat=True)) == [lead.pk]

    when = {"conditions": f"source={world.sources.website.pk}"}
    return {**when, "step": "0-tag", "s0-tags": [f"{world.tag.pk}"]}, see


def call_who_clicks(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        clicked, opened, mailing = world.add("lead"), world.add("lead", "Other"), make_mailing(world.ada)
        respond(deliver(mailing, clicked), column="clicked_at")
        respond(deliver(mailing, opened))
        work()
        assert read_tasks() == [("Call", clicked.pk)]

    return {"trigger": "mailing_clicked", "step": "0-add_task", "s0-title": "Call", "s0-days": "1"}, see


def decide_after_a_sequence(world: World) -> tuple[dict[str, Any], Callable[[], None]]:
    def see() -> None:
        sequence = make_sequence("Welcome", build_step("call", title="Call", after=1))
        silent = world.add("lead", owner=world.bob, email="a@example.com")
        replied = world.add("lead", "Other", owner=world.bob, email="b@example.com")
        start(sequence, world.ada, silent, replied)
        ended = {row.record: row.pk for row in Enrollment.objects.all()}
        finish_enrollments([ended[silent.pk]])
        end_enrollments({ended[replied.pk]: "replied"})
        work()
        assert read_tasks() == [("Decide what to do", silent.pk)]

    when = {"trigger": "sequence_ended", "when-reason": "finished"}
    return {**when, "step": "0-add_task", "s0-title": "Decide what to do", "s0-days": "1"}, see


RECIPES |= {
    "Add to a mailing list": add_to_a_mailing_list,
    "A call after a click in a mailing": call_who_clicks,
    "Decide when a sequence ends without a reply": decide_after_a_sequence,
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_set_up_through_the_form_and_acts(sign_in, world, name):
    values, see = RECIPES[name](world)
    browser = sign_in(world.ada)
    fields = {"of": "lead", "name": name, "trigger": "added", "owner": world.ada.pk, "most_an_hour": "1000"}
    answer = browser.post(f"{AUTOMATIONS}/new", {**fields, **values})
    assert answer.status_code == 302, answer.context["form"].errors
    automation = Automation.objects.get()
    browser.post(f"{AUTOMATIONS}/{automation.pk}/switch", {"on": "1"})
    see()


def test_the_page_for_users_has_these_recipes():
    headings = re.findall(r"^### (.+)$", Path("docs/automations.md").read_text(), re.MULTILINE)
    assert sorted(headings) == sorted(RECIPES)
