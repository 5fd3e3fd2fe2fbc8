"""The step that calls a webhook: what is sent, exactly once, with the rules and the log of all deliveries."""

import json

import pytest

from automations.definition.action_types import ACTIONS
from automations.models import Automation
from automations.outgoing import webhook_call
from automations.running import waking_queue
from automations.running.waking_queue import run_next
from crm.api.webhooks.webhook_delivery import deliver, queue_deliveries_of_operation
from crm.models import Webhook, WebhookDelivery
from crm.records.kinds.kind_registry import KINDS
from tests.automations.automating import make_automation, outcomes_of, work, written_by
from tests.killed import killed_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def calling(ada, hook):
    return make_automation("Call", ada, ("webhook", {"webhook": str(hook.pk)}))


def test_the_webhook_gets_the_change_with_its_records_signed_like_any_other(
    ada, listener, make_hook, make_lead
):
    hook = make_hook(ada, url=listener.url, kinds=["call_webhook"])
    automation = make_automation("Call", ada, ("webhook", {"webhook": str(hook.pk)}))
    lead = make_lead()
    work()
    (run,) = written_by(automation)
    # Nor does it get the other operations, which it isn't for.
    queue_deliveries_of_operation(run.pk)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.webhook, delivery.operation) == (hook, run)
    deliver(delivery.pk)
    ((headers, body),) = listener.heard
    said = json.loads(body)
    assert (said["event"], said["leads"], said["operation"]["words"]) == (
        "operation",
        [lead.pk],
        "Automation “Call”",
    )
    assert "Leadwell-Signature" in headers


def test_two_steps_and_a_subscription_make_one_call(ada, make_hook, make_lead):
    hook = make_hook(ada)
    step = ("webhook", {"webhook": str(hook.pk)})
    automation = make_automation("Call", ada, step, step)
    make_lead()
    work()
    (run,) = written_by(automation)
    queue_deliveries_of_operation(run.pk)
    assert WebhookDelivery.objects.filter(operation=run).count() == 1


def test_an_address_of_our_own_network_is_never_called(ada, make_hook, make_lead):
    hook = make_hook(ada, url="http://127.0.0.1:1/x", kinds=["call_webhook"])
    make_automation("Call", ada, ("webhook", {"webhook": str(hook.pk)}))
    make_lead()
    work()
    delivery = WebhookDelivery.objects.get()
    deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == ("failed", None)


def test_a_webhook_that_is_off_is_refused_with_the_reason(calling, hook, make_lead):
    Webhook.objects.filter(pk=hook.pk).update(active=False)
    make_lead()
    work()
    assert [run.reasons for run in calling.runs.all()] == [[[0, "webhook_off"]]]
    assert not WebhookDelivery.objects.exists()


def test_a_webhook_that_is_gone_turns_the_automation_off(calling, hook, make_lead):
    hook.delete()
    make_lead()
    work()
    calling.refresh_from_db()
    assert (calling.turned_on, calling.off_reason) == (False, Automation.OffReason.CONDITIONS)


def test_only_webhooks_of_users_whom_the_user_may_change_are_offered(ann, bob, ada, hook, make_hook):
    def get_offered(user) -> list[Webhook]:
        return list(ACTIONS["webhook"].build_form(KINDS["lead"], None, user).fields["webhook"].queryset)

    assert get_offered(ada) == [hook]
    assert get_offered(bob) == []


def test_an_owner_who_lost_the_webhook_calls_nothing(bob, hook, make_lead):
    automation = make_automation("Call", bob, ("webhook", {"webhook": str(hook.pk)}))
    make_lead(owner=bob)
    work()
    automation.refresh_from_db()
    assert (automation.turned_on, WebhookDelivery.objects.exists()) == (False, False)


POINTS = {
    "before the delivery is queued": (webhook_call, "queue_delivery", "before"),
    "after the delivery is queued": (webhook_call, "queue_delivery", "after"),
    "after the run": (waking_queue, "run_automation", "after"),
}


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
def test_a_worker_that_ends_at_any_point_queues_one_delivery(calling, make_lead, module, name, when):
    lead = make_lead()
    with killed_at(module, name, when):
        run_next()
    assert (WebhookDelivery.objects.count(), outcomes_of(calling)) == (0, [])
    work()
    assert (WebhookDelivery.objects.count(), outcomes_of(calling)) == (1, [(lead.pk, "acted")])
