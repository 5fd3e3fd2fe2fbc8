"""With "only single sign-on", no way of removing administrators takes the last one who signs in without the provider."""

from typing import Any

import pytest

from accounts.models import Role, SignOnPolicy, User
from accounts.users.last_administrator import LastAdministrator, check_not_the_last
from tests.accounts.scim.conftest import group_of, provider
from tests.accounts.second_factor.stepping import give_app
from tests.accounts.users.test_edit import edited
from tests.conftest import make_user

__all__ = ["group_of", "provider"]
WHY = "Alba is the last emergency administrator."


@pytest.fixture
def alba(departments) -> User:
    user = make_user("alba", "administrator", [departments.sales])
    give_app(user)
    return user


@pytest.fixture
def ways(provider, group_of, sign_in, ada, alba, departments) -> dict[str, Any]:
    """Each takes Alba's role or account away, or says why not. Ada is an administrator too."""
    administrators, browser = group_of("Role: Administrator"), sign_in(ada)
    only_ada = {"displayName": "Role: Administrator", "members": [{"value": str(ada.pk)}]}
    rep = Role.objects.get(key="rep")

    def called(*arguments: Any) -> str:
        try:
            provider.call(*arguments)
        except AssertionError:
            assert provider.last.status_code == 409
        return provider.last.content.decode() if provider.last.status_code == 409 else ""

    def patched(address: str, **operation: Any) -> str:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
        return called("PATCH", address, body)

    member = f'members[value eq "{alba.pk}"]'
    return {
        "the page that deactivates": lambda: browser.post(f"/admin/users/{alba.pk}/deactivate").text,
        "the page of the user": lambda: (
            browser.post(f"/admin/users/{alba.pk}/edit", edited(alba, departments, roles=[rep.pk])).text
        ),
        "SCIM, inactive": lambda: patched(f"/Users/{alba.pk}", op="replace", path="active", value=False),
        "SCIM, deleted": lambda: called("DELETE", f"/Users/{alba.pk}", None, 204),
        "SCIM, out of the group": lambda: patched(administrators, op="remove", path=member),
        "SCIM, another group": lambda: called("PUT", administrators, only_ada),
    }


WAYS = [
    "the page that deactivates", "the page of the user", "SCIM, inactive", "SCIM, deleted", "SCIM, out of the group",
    "SCIM, another group",
]  # fmt: skip


def is_there(user: User) -> bool:
    return User.objects.administrators().filter(pk=user.pk).exists()


@pytest.mark.parametrize("way", WAYS)
def test_the_last_emergency_administrator_stays(way, ways, alba):
    assert [*ways] == WAYS
    SignOnPolicy.objects.create(only=True).keepers.add(alba)
    assert WHY in ways[way]()
    assert is_there(alba)


@pytest.mark.parametrize("way", WAYS)
def test_one_of_two_emergency_administrators_can_go(way, ways, alba, ada):
    SignOnPolicy.objects.create(only=True).keepers.add(alba, ada)
    assert WHY not in ways[way]()
    assert not is_there(alba)


@pytest.mark.parametrize("case", ["turned off", "another one"])
def test_other_administrators_can_go(case, ways, alba, ada):
    SignOnPolicy.objects.create(only=case != "turned off").keepers.add(alba if case == "turned off" else ada)
    assert WHY not in ways["the page that deactivates"]()
    assert not is_there(alba)


def test_an_emergency_administrator_without_an_account_does_not_count(ways, alba, ada):
    SignOnPolicy.objects.create(only=True).keepers.add(alba, ada)
    ada.groups.set([Role.objects.get(key="manager")])
    other = make_user("root", "administrator", list(alba.departments.all()))
    assert is_there(other)
    with pytest.raises(LastAdministrator, match=WHY):
        check_not_the_last(alba)
