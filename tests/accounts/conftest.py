"""What the tests of people need beside the cast: roles of any shape."""

import pytest

from accounts.models import Role, User
from accounts.permissions import named


@pytest.fixture
def grant(db):
    """grant(ann, "accounts.view_user") gives ann one more role that holds just that; returns her with her new rights."""

    def granted(user, *permissions):
        role = Role.objects.create(name=f"{user.name} also {' '.join(permissions)}"[:150])
        found = list(named(permissions))
        assert len(found) == len(permissions), "a permission that does not exist"
        role.permissions.set(found)
        user.groups.add(role)
        return User.objects.with_rights().get(pk=user.pk)

    return granted
