"""What the tests of people add to the cast: roles with any permissions, users who leave, and an identity provider."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from accounts.models import Role, User
from accounts.roles.permissions import permissions_queryset
from tests.accounts.single_sign_on.providing import a_provider


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
def server():
    """An identity provider on this machine."""
    with a_provider() as made:
        yield made
