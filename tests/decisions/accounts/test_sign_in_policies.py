"""Who has to sign in through a provider, who may do without, and who has to set up a second step before anything else."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuthenticatorApp, IdentityProvider, Passkey, SignOnPolicy
from accounts.second_factor.enforcement import SIGNED_ON, SecondFactorMiddleware
from accounts.single_sign_on.sign_in_policy import (
    allow_passwords,
    emergency_administrators_queryset,
    get_policy,
    is_single_sign_on_required,
    may_sign_in_without_provider,
    protected_administrators_queryset,
    require_provider,
)
from tests.conftest import make_user

# What the policy says, None if there is none; whether each provider is active; and whether passwords are turned off.
REQUIRED: dict[str, tuple[bool | None, list[bool], bool]] = {
    "nothing is set up": (None, [], False),
    "a provider beside passwords": (None, [True], False),
    "passwords are allowed again": (False, [True], False),
    "only providers": (True, [True], True),
    "only providers, of which one is off": (True, [False, True], True),
    "only providers, which are all off": (True, [False], False),
    "only providers, and there is none": (True, [], False),
}


@pytest.mark.parametrize(("only", "providers", "required"), REQUIRED.values(), ids=REQUIRED)
def test_when_passwords_are_turned_off(only, providers, required, departments, ada):
    if only is not None:
        SignOnPolicy.objects.create(only=only).keepers.set([ada])
    for number, active in enumerate(providers):
        IdentityProvider.objects.create(
            name=f"{number}",
            issuer=f"https://{number}.example",
            active=active,
            default_department=departments.sales,
        )
    assert is_single_sign_on_required() is required
    other = make_user("eva", "administrator", [])
    assert [may_sign_in_without_provider(user) for user in (ada, other)] == [True, not required]
    assert list(emergency_administrators_queryset()) == ([ada] if only else [])
    # Whether they were off is what the next sentence on the screen depends on.
    assert allow_passwords() is bool(only)
    assert not is_single_sign_on_required()
    assert not emergency_administrators_queryset().exists()


@pytest.mark.django_db
def test_the_policy_is_kept_once_and_names_the_last_choice():
    eva, ion = (make_user(name, "administrator", []) for name in ("eva", "ion"))
    rep, left = make_user("rep", "rep"), make_user("left", "administrator", is_active=False)
    require_provider([eva])
    allow_passwords()
    require_provider([ion, rep, left])
    policy = SignOnPolicy.objects.get()
    assert (policy.only, get_policy()) == (True, policy)
    # Who has lost the role, or has left, doesn't count.
    assert list(emergency_administrators_queryset()) == [ion]


# The second steps of an administrator, whether that is their role and they are active, and whether they can be chosen.
PROTECTED: dict[str, tuple[str, str, bool, bool]] = {
    "no second step": ("", "administrator", True, False),
    "an app": ("app", "administrator", True, True),
    "a passkey": ("passkey", "administrator", True, True),
    "both": ("app passkey", "administrator", True, True),
    "an app, in another role": ("app", "rep", True, False),
    "an app, and has left": ("app", "administrator", False, False),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("steps", "role", "active", "chosen"), PROTECTED.values(), ids=PROTECTED)
def test_which_administrators_can_be_emergency_administrators(steps, role, active, chosen):
    user, other = make_user("eva", role, is_active=active), make_user("ion", "rep")
    for one in (user, other):
        if "app" in steps:
            AuthenticatorApp.objects.create(user=one, secret="x")
        if "passkey" in steps:
            for number in range(2):
                Passkey.objects.create(user=one, credential_id=f"{one.pk} {number}")
    assert list(protected_administrators_queryset()) == ([user] if chosen else [])


PAGE, SIGN_IN, SET_UP = "leads", "login", "two_step"
# When the days of the role are over, as minutes from now, None if it requires nothing; the page; how they signed in; and whether
# they are led to the page where a second step is set up.
STEPS: dict[str, tuple[int | None, str, str, bool]] = {
    "the role requires none": (None, PAGE, "password", False),
    "the days aren't over": (5, PAGE, "password", False),
    "the days are over": (-5, PAGE, "password", True),
    "the days are over, on the page itself": (-5, SET_UP, "password", False),
    "the days are over, where anyone can go": (-5, SIGN_IN, "password", False),
    "the days are over, for who signed in through a provider": (-5, PAGE, "provider", False),
    "no one is signed in": (None, PAGE, "", False),
}


@pytest.mark.parametrize(("minutes", "page", "how", "led"), STEPS.values(), ids=STEPS)
def test_who_is_led_to_the_page_of_the_second_step(minutes, page, how, led):
    user = SimpleNamespace(is_authenticated=bool(how))
    if how:
        user.second_factor_due = None if minutes is None else timezone.now() + timedelta(minutes=minutes)
    request: Any = SimpleNamespace(
        session={SIGNED_ON: 1} if how == "provider" else {},
        user=user,
        resolver_match=SimpleNamespace(url_name=page),
    )

    def view() -> None:
        """A page for signed-in users."""

    if page == SIGN_IN:
        view.login_required = False  # type: ignore[attr-defined]
    answer = SecondFactorMiddleware(view).process_view(request, view, [], {})  # type: ignore[arg-type]
    assert (answer is not None) is led
    if answer:
        assert (answer.status_code, answer["Location"]) == (302, "/profile/two-step")
