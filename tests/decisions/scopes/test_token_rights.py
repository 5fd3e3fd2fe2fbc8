"""What a token may do: what it was given, as far as its user may do it too, and nothing that isn't known."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from crm.api.token_scopes import (
    get_all_rights,
    get_needed_permissions,
    get_possible_rights,
    has_right,
    has_token_right,
)
from crm.models import Token

SEE, ADD, CHANGE, DELETE = (f"leads.{what}_lead" for what in ("view", "add", "change", "delete"))
# A right, and the permissions that its user needs; none for an unknown right.
NEEDED: dict[str, list[str]] = {
    "leads.get": [SEE, SEE],
    "leads.search": [SEE, SEE],
    "leads.post": [SEE, ADD],
    "leads.put": [SEE, CHANGE],
    "leads.delete": [SEE, DELETE],
    "activities.delete": [SEE, CHANGE],
    "tags.get": [SEE, SEE],
    # What isn't offered.
    "tags.post": [],
    "emails.delete": [],
    # What isn't known.
    "leads": [],
    "leads.": [],
    ".get": [],
    "": [],
    "lead.get": [],
    "leads.post.put": [],
    "LEADS.get": [],
}


@pytest.mark.parametrize(("right", "needed"), NEEDED.items(), ids=[one or "none" for one in NEEDED])
def test_which_permissions_a_right_needs(right, needed):
    assert get_needed_permissions(right) == needed
    assert (right in get_all_rights()) is bool(needed)


# The permissions of the user, the rights of the token, what is asked, and whether the token and the user have it.
RIGHTS: dict[str, tuple[Sequence[str], Sequence[str], str, bool, bool]] = {
    "the token and the user": ((SEE, ADD), ["leads.get", "leads.post"], "leads.post", True, True),
    "the user alone": ((SEE, ADD), ["leads.get"], "leads.post", False, True),
    "the token alone": ((SEE,), ["leads.get", "leads.post"], "leads.post", False, False),
    "neither": ((SEE,), ["leads.get"], "leads.post", False, False),
    "a user who adds what they don't see": ((ADD,), ["leads.post"], "leads.post", False, False),
    "a user who only sees": ((SEE,), ["leads.get"], "leads.get", True, True),
    "another action that needs the same permission": ((SEE,), ["leads.get"], "leads.search", False, True),
    "the same action of another resource": ((SEE,), ["leads.get"], "tags.get", False, True),
    "a right that isn't known": ((SEE, ADD), ["leads.fly"], "leads.fly", False, False),
    "a resource that isn't known": ((SEE, ADD), ["planes.get"], "planes.get", False, False),
    "no right": ((SEE, ADD), [""], "", False, False),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("held", "given", "asked", "token_may", "user_may"), RIGHTS.values(), ids=RIGHTS)
def test_a_token_may_do_what_it_was_given_and_its_user_may_do(
    held, given, asked, token_may, user_may, someone_with
):
    user = someone_with(*(one.partition(".")[2] for one in held))
    assert has_token_right(Token(user=user, rights=given), asked) is token_may
    assert has_right(user, asked) is user_may
    assert (asked in get_possible_rights(user)) is user_may


@pytest.mark.django_db
def test_a_token_of_a_deactivated_user_may_do_nothing(someone_with):
    user = someone_with("view_lead")
    user.is_active = False
    assert not has_token_right(Token(user=user, rights=["leads.get"]), "leads.get")
    assert get_possible_rights(user) == []


def test_possible_rights_keep_the_order_of_the_form():
    everything = SimpleNamespace(has_perms=lambda needed: True)
    assert get_possible_rights(everything) == get_all_rights()
    assert get_all_rights()[:5] == [
        f"leads.{action}" for action in ("get", "search", "post", "put", "delete")
    ]
