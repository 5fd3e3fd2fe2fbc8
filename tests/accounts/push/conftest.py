"""Devices with notifications, and what a user is reminded of on them."""

import pytest

from accounts.models import PushDevice, PushMessage
from crm.platform.web import outgoing_calls
from crm.platform.web.notifications import create_notification
from tests.accounts.push.pushing import SubscribedBrowser, a_device, a_push_service


@pytest.fixture
def service(monkeypatch):
    """It listens on this machine, which counts as public in this test; the rest of 127/8 doesn't."""
    really = outgoing_calls.is_public_address
    monkeypatch.setattr(outgoing_calls, "is_public_address", lambda a: str(a) == "127.0.0.1" or really(a))
    with a_push_service() as server:
        yield server


@pytest.fixture
def subscriber():
    return SubscribedBrowser()


@pytest.fixture
def device(bob, subscriber, service) -> PushDevice:
    return a_device(bob, subscriber, f"{service.origin}/send/1")


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def remind(bob, lead, make_task):
    """Bob's reminder of a task, as tasks_about_to_be_due makes it."""

    def tell_bob() -> PushMessage | None:
        task = make_task("Call back", lead, user=bob)
        values = {
            "path": f"/admin/leads/{lead.pk}",
            "task": task.pk,
            "what": "Call back",
            "time": "14:00",
            "of": "",
        }
        create_notification(bob, "task_due", None, [lead.pk], table="lead", **values)
        return PushMessage.objects.order_by("-pk").first()

    return tell_bob
