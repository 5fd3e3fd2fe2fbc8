"""Automations that wake each other: their order, how far it goes, and what ends it."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by

pytestmark = pytest.mark.django_db


def changed(field: str) -> dict:
    return {"trigger": "field_changed", "trigger_values": {"field": field}}


def test_automations_run_in_the_order_of_their_list_and_a_later_one_sees_what_an_earlier_one_did(
    ann, make_lead
):
    last = make_automation("Last", ann, conditions="city.is=First", position=2)
    first = make_automation("First", ann, position=1)
    lead = make_lead()
    work()
    lead.refresh_from_db()
    assert lead.city == "Last"
    assert written_by(first)[0].pk < written_by(last)[0].pk


def test_an_automation_does_not_wake_itself(ann, make_lead):
    automation = make_automation("Brno", ann, **changed("city"))
    lead = make_lead()
    carry_out(verbs.Edit({"city": "Praha"}), Lead.objects.changeable_by(ann), by=ann)
    # The lead and its edit.
    assert work() == 2
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


def test_two_automations_that_undo_each_other_stop_after_five(ann, make_lead):
    """Each is woken by the other one, and sets the field back."""
    begin = make_automation("Begin", ann)
    ping = make_automation("Ping", ann, conditions="city.is=Pong", **changed("city"))
    pong = make_automation("Pong", ann, **changed("city"))
    lead = make_lead()
    work()
    depths = [
        record.parameters["depth"]
        for record in Operation.objects.filter(kind="run_automation").order_by("pk")
    ]
    assert depths == sorted(depths)
    assert max(depths) == 5
    assert (lead.pk, Result.DEPTH) in outcomes_of(ping) + outcomes_of(pong)
    assert outcomes_of(begin) == [(lead.pk, Result.ACTED)]
