"""What the tests of people add to the cast: roles with any permissions, and devices with notifications."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from accounts.models import PushDevice, PushMessage, Role, User
from accounts.roles.permissions import permissions_queryset
from crm.platform.web import outgoing_calls
from crm.platform.web.notifications import tell
from tests.accounts.providing import a_provider
from tests.accounts.pushing import SubscribedBrowser, a_device, a_push_service


@pytest.fixture
def grant(db):
    """grant(ann, "accounts.view_user") gives ann an extra role with just that permission; returns her with her new
    permissions."""

    def granted(user, *permissions):
        role = Role.objects.create(name=f"{user.name} also {' '.join(permissions)}"[:150])
        found = list(permissions_queryset(permissions))
        assert len(found) == len(permissions), "a permission that does not exist"
        role.permissions.set(found)
        user.groups.add(role)
        return User.objects.with_rights().get(pk=user.pk)

    return granted


@pytest.fixture
def scene(cast, make_lead, departments):
    """Bob has three open leads, a won one, and a deleted one; Ben has one."""
    return SimpleNamespace(
        new=make_lead("Ana New", owner=cast.bob),
        planned=make_lead(
            "Ana Planned",
            owner=cast.bob,
            status="contacted",
            next_action="Call",
            next_action_on=date(2020, 1, 1),
        ),
        export=make_lead("Ana Export", owner=cast.bob, department=departments.export),
        won=make_lead("Ana Won", owner=cast.bob, status="won"),
        binned=make_lead("Ana Binned", owner=cast.bob, deleted_at=datetime(2026, 1, 1, tzinfo=UTC)),
        bens=make_lead("Ana Ben", owner=cast.ben),
    )


@pytest.fixture
def press(sign_in, ada, bob):
    """press(to("one", owner=ben)) submits the form with which Ada deactivates Bob."""

    def pressed(data=None, whom=bob):
        return sign_in(ada).post(f"/admin/users/{whom.pk}/deactivate", data or {})

    return pressed


@pytest.fixture
def service(monkeypatch):
    """It listens on this machine, which counts as public in this test; the rest of 127/8 doesn't."""
    really = outgoing_calls.open_to_the_world
    monkeypatch.setattr(outgoing_calls, "open_to_the_world", lambda a: str(a) == "127.0.0.1" or really(a))
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
        tell(bob, "task_due", None, [lead.pk], table="lead", **values)
        return PushMessage.objects.order_by("-pk").first()

    return tell_bob


@pytest.fixture
def server():
    """An identity provider on this machine."""
    with a_provider() as made:
        yield made
