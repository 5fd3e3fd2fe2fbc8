"""The delivery log on a webhook's page: requests and responses, a test, the next try, resending."""

import re

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.api.webhooks.webhook_delivery import deliver, queue_deliveries_of_operation
from crm.models import Webhook, WebhookDelivery
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import SetVip
from tests.reading import close_up

LIST = "/admin/api/webhooks"


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def page(browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return close_up(answer.text)


def told(hook, lead) -> WebhookDelivery:
    """A delivery of a change made by this webhook's user."""
    verb = SetVip(not Lead.objects.get(pk=lead.pk).vip)
    record = carry_out(verb, Lead.objects.filter(pk=lead.pk), by=hook.user).operation
    queue_deliveries_of_operation(record.pk)
    return WebhookDelivery.objects.get(webhook=hook, operation=record)


def waiting() -> list[int]:
    jobs = ProcrastinateJob.objects.filter(task_name="deliver", status="todo")
    return [job.args["delivery_id"] for job in jobs]


def test_a_webhook_that_is_turned_off_sends_nothing(browser, make_hook, make_lead, ada):
    hook, lead = make_hook(), make_lead(owner=ada)
    delivery = told(hook, lead)
    path = f"{LIST}/{hook.pk}"
    assert (
        "The webhook is off and won’t be notified of changes."
        in browser.post(f"{path}/switch", {"active": "no"}, follow=True).content.decode()
    )
    queued = waiting()
    for act, data in (("try", {}), ("again", {"delivery": delivery.pk})):
        assert (
            "The webhook is off. Nothing was sent."
            in browser.post(f"{path}/{act}", data, follow=True).content.decode()
        )
    assert waiting() == queued
    assert "Turn on" in page(browser, path)
    browser.post(f"{path}/switch", {"active": "yes"})
    assert Webhook.objects.active().exists()


def test_a_test_is_sent_signed_and_appears_in_the_log(browser, make_hook, listener):
    hook = make_hook(url=listener.url)
    assert "pending" in browser.post(f"{LIST}/{hook.pk}/try", follow=True).content.decode()
    delivery = WebhookDelivery.objects.get()
    assert waiting() == [delivery.pk]
    deliver(delivery.pk)
    headers, body = listener.heard[0]
    assert body == b'{"delivery": %d, "event": "test"}' % delivery.pk
    assert "Leadwell-Signature" in headers
    log = page(browser, f"{LIST}/{hook.pk}")
    assert "Test" in log
    assert "delivered · 200" in log


def test_the_log_shows_responses_and_the_list_counts_failures(browser, make_hook, make_lead, listener, ada):
    hook, lead = make_hook(url=listener.url), make_lead(owner=ada)
    listener.status = 500
    deliver(told(hook, lead).pk)
    log = page(browser, f"{LIST}/{hook.pk}")
    assert "failed · 500" in log
    assert "Mark as VIP" in log
    assert re.search(r'data-label="Attempts"[^>]*>1<', log)
    listed = page(browser, LIST)
    assert "failed · 500" in listed
    assert re.search(r'data-label="Failed"[^>]*>1<', listed)


def test_the_reason_for_an_unreachable_url_is_in_the_readers_language(browser, make_hook, ada):
    hook = make_hook()
    WebhookDelivery.objects.create(
        webhook=hook, state="failed", attempts=1, problem="The connection was refused."
    )
    assert "The connection was refused." in page(browser, f"{LIST}/{hook.pk}")
    ada.language = "ro"
    ada.save()
    assert "The connection was refused." not in page(browser, f"{LIST}/{hook.pk}")


def test_the_log_shows_the_next_try_and_resending_replaces_it(browser, make_hook, make_lead, ada):
    hook = make_hook()
    delivery = told(hook, make_lead(owner=ada))
    delivery.state = "failed"
    delivery.save()
    job = ProcrastinateJob.objects.get(task_name="deliver")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() + '1 hour' WHERE id = %s", [job.pk]
        )
    job.refresh_from_db()
    assert timezone.localtime(job.scheduled_at).strftime("%H:%M:%S") in page(browser, f"{LIST}/{hook.pk}")
    browser.post(f"{LIST}/{hook.pk}/again", {"delivery": delivery.pk})
    delivery.refresh_from_db()
    assert (delivery.state, waiting()) == ("waiting", [delivery.pk])
    assert ProcrastinateJob.objects.get(task_name="deliver").scheduled_at is None


def test_a_successful_delivery_can_be_sent_again(browser, make_hook, make_lead, listener, ada):
    hook = make_hook(url=listener.url)
    delivery = told(hook, make_lead(owner=ada))
    deliver(delivery.pk)
    browser.post(f"{LIST}/{hook.pk}/again", {"delivery": delivery.pk})
    deliver(delivery.pk)
    assert len(listener.heard) == 2
    assert listener.heard[0][1] == listener.heard[1][1]


@pytest.mark.parametrize("number", ["", "x", "987654321", "9" * 30, "-1"])
def test_a_delivery_that_is_not_in_the_log_is_not_sent_again(browser, make_hook, number):
    answer = browser.post(f"{LIST}/{make_hook().pk}/again", {"delivery": number}, follow=True)
    assert "no longer in the log" in answer.content.decode()
    assert waiting() == []


def test_a_delivery_of_another_webhook_is_not_sent_again(browser, make_hook, make_lead, ada):
    delivery = told(make_hook(), make_lead(owner=ada))
    other = make_hook()
    answer = browser.post(f"{LIST}/{other.pk}/again", {"delivery": delivery.pk}, follow=True)
    assert "no longer in the log" in answer.content.decode()


def test_the_log_names_no_operation_that_its_reader_cannot_see(
    sign_in, someone_with, make_hook, make_lead, ann
):
    hook = make_hook(ann)
    told(hook, make_lead(owner=ann))
    reader = someone_with("view_webhook", "view_lead", "see_own")
    log = page(sign_in(reader), f"{LIST}/{hook.pk}")
    assert "A change you don’t have access to" in log
    assert "Mark as VIP" not in log


def test_the_log_has_pages(browser, make_hook):
    hook = make_hook()
    WebhookDelivery.objects.bulk_create(WebhookDelivery(webhook=hook) for _number in range(60))
    first = browser.get(f"{LIST}/{hook.pk}")
    older = re.search(r'href="(\?before=\d+)"', first.content.decode())[1]
    pages = [first, browser.get(f"{LIST}/{hook.pk}{older}"), browser.get(f"{LIST}/{hook.pk}?before=nonsense")]
    assert [len(shown.context["lines"]) for shown in pages] == [50, 10, 50]
