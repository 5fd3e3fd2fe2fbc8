"""Who is between the password and the second step, until when, and what of that is left once they are signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.utils import timezone

from accounts.authentication import pending_sign_in
from accounts.authentication.pending_sign_in import (
    begin_second_step,
    finish_sign_in,
    forget_pending_sign_in,
    get_pending_target,
    get_pending_user,
)
from accounts.models import SignOnPolicy, User
from tests.decisions.accounts.test_sign_ins import make_provider

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def request_of(rf, monkeypatch) -> Callable[[User], Any]:
    """A request in a session in which this user has just given the right password, on a page that leads to /leads."""
    monkeypatch.setattr(timezone, "now", lambda: BEGUN)

    def build(user: User) -> Any:
        request = rf.get("/login/code")
        request.session = SessionStore()
        request.session["list"] = "of someone else"
        assert begin_second_step(request, user, "/leads")["Location"] == "/login/code"
        return request

    return build


def change(**values: Any) -> Callable[[User], Any]:
    return lambda user: User.objects.filter(pk=user.pk).update(**values)


def set_password(user: User) -> None:
    user.set_password("another one")
    user.save()


def require_provider(user: User, *keepers: User) -> None:
    make_provider("Acme", user.departments.get())
    SignOnPolicy.objects.create(only=True).keepers.set(keepers)


# What happens after Ada has given her password, and whether she may give the second step then.
SINCE: dict[str, tuple[Callable[[User], Any], bool]] = {
    "nothing": (lambda user: None, True),
    "she changes her name": (change(name="Ada Lee"), True),
    "she is deactivated": (change(is_active=False), False),
    "her password is changed": (set_password, False),
    "she is signed out everywhere": (change(sign_out_count=1), False),
    "everyone needs a provider": (require_provider, False),
    "everyone else needs a provider": (lambda user: require_provider(user, user), True),
}


@pytest.mark.parametrize(("act", "goes_on"), SINCE.values(), ids=SINCE)
def test_who_may_give_the_second_step(act, goes_on, request_of, departments):
    ada = User.objects.create_user("ada.lee@example.com", "Ada", "a password")
    ada.set_departments([departments.sales])
    ada.groups.set([User.groups.rel.model.objects.get(role__key="administrator")])
    request = request_of(ada)
    act(User.objects.get(pk=ada.pk))
    assert get_pending_user(request) == (ada if goes_on else None)


@pytest.mark.parametrize(("seconds", "goes_on"), [(0, True), (600, True), (601, False)])
def test_the_second_step_may_be_given_for_ten_minutes(seconds, goes_on, request_of, bob, monkeypatch):
    request = request_of(bob)
    assert request.session.get_expiry_age() == 600
    monkeypatch.setattr(timezone, "now", lambda: BEGUN + timedelta(seconds=seconds))
    assert get_pending_user(request) == (bob if goes_on else None)


def test_without_a_password_no_one_may_give_the_second_step(rf, bob):
    request = rf.get("/login/code")
    request.session = SessionStore()
    assert get_pending_user(request) is None


def test_a_session_between_the_steps_has_nothing_of_the_one_before(request_of, bob):
    request = request_of(bob)
    assert [*request.session.keys()] == [pending_sign_in.KEY, "_session_expiry"]
    assert get_pending_target(request) == "/leads"


def test_after_the_second_step_the_user_is_signed_in_for_longer(request_of, bob):
    request = request_of(bob)
    answer = finish_sign_in(request, bob, "/leads")
    assert (answer.status_code, answer["Location"]) == (302, "/leads")
    assert request.session["_auth_user_id"] == str(bob.pk)
    assert request.session.get_expiry_age() > 600
    assert get_pending_user(request) is None
    assert answer.cookies


def test_a_session_in_which_the_second_step_is_given_up_ends_like_any_other(request_of, bob):
    request = request_of(bob)
    forget_pending_sign_in(request)
    assert get_pending_user(request) is None
    assert "_session_expiry" not in request.session


def test_a_session_that_was_never_between_the_steps_keeps_its_own_end(rf):
    request = rf.get("/")
    request.session = SessionStore()
    request.session.set_expiry(60)
    forget_pending_sign_in(request)
    assert request.session.get_expiry_age() == 60
