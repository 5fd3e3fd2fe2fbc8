"""Who signs in through an identity provider and what that changes, how long links last, and which lines of a list are invitations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.authentication.password_links import get_link_lifetime, send_forgotten_link, tokens
from accounts.invitations.invitation_plan import build_plan
from accounts.invitations.pasted_lines import PastedLine
from accounts.models import (
    AuthenticatorApp,
    ClaimRule,
    Department,
    Identity,
    IdentityProvider,
    Role,
    SignOnPolicy,
    User,
)
from accounts.single_sign_on import user_matching
from accounts.single_sign_on.claim_mapping import (
    Coverage,
    Decision,
    apply_decision,
    get_mapping_rules,
    preview_mapping,
)
from accounts.single_sign_on.failure_reasons import NotSignedOn
from accounts.single_sign_on.provider_discovery import GOOGLE
from accounts.single_sign_on.user_matching import (
    _deactivate,
    _get_acting_administrator,
    build_person,
    confirm_linked_account,
    get_or_create_user,
    link_identity,
)
from accounts.users.last_administrator import LastAdministrator, check_not_the_last
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(departments) -> IdentityProvider:
    return make_provider("Acme", departments.sales)


def make_provider(name: str, department: Department, **values: Any) -> IdentityProvider:
    given = {"issuer": f"https://{name}.example", "domains": "example.com, b.example", "client_id": "x"}
    role = Role.objects.get(key="rep")
    return IdentityProvider.objects.create(
        **{**given, "name": name, "default_department": department, "default_role": role, **values}
    )


def get_roles(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


# The issuer, what differs from a verified email of the domain, and why that signs no one in; '' if it does.
CLAIMS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a verified email of the domain": ("", {}, ""),
    "of the other domain": ("", {"email": "eva@b.example"}, ""),
    "in other letters": ("", {"email": " EVA@Example.com "}, ""),
    "of another domain": ("", {"email": "eva@c.example"}, "foreign domain"),
    "of a domain within the domain": ("", {"email": "eva@x.example.com"}, "foreign domain"),
    "no email": ("", {"email": None}, "no email"),
    "no name before the domain": ("", {"email": "@example.com"}, "no email"),
    "no domain": ("", {"email": "eva@"}, "no email"),
    "no sign at all": ("", {"email": "eva"}, "no email"),
    "not verified": ("", {"email_verified": False}, "email not verified"),
    "verified, says a text": ("", {"email_verified": "true"}, "email not verified"),
    "without a mark": ("", {"email_verified": None}, "email not verified"),
    "without a mark, where those are trusted": ("trusts", {"email_verified": None}, ""),
    "of Google, managed": ("google", {"hd": "example.com"}, ""),
    "of Google, managed by the other domain": ("google", {"hd": "b.example"}, ""),
    "of Google, managed by no one": ("google", {}, "not an account of the organization"),
    "of Google, managed by others": ("google", {"hd": "c.example"}, "not an account of the organization"),
    "of Google's own domain": ("google", {"email": "eva@gmail.com"}, ""),
    "broken characters": ("", {"email": "e\0va@example.com"}, "broken email"),
}


@pytest.mark.parametrize(("kind", "differs", "why"), CLAIMS.values(), ids=CLAIMS)
def test_who_signs_in_the_first_time(kind, differs, why, provider):
    provider.trusts_emails = kind == "trusts"
    if kind == "google":
        provider.issuer, provider.domains = GOOGLE, "example.com, b.example, gmail.com"
    provider.save()
    claims = {"sub": "1", "email": "eva@example.com", "email_verified": True, "name": "Eva", **differs}
    if why:
        with pytest.raises(NotSignedOn) as refused:
            get_or_create_user(provider, claims)
        assert refused.value.why == why
        assert not Identity.objects.exists()
    else:
        user = get_or_create_user(provider, claims)
        assert (user.name, user.email) == ("Eva", claims["email"].strip().lower())
        assert (get_roles(user), user.department_ids) == (["Sales Rep"], [provider.default_department_id])


# Whose email a new account has, what else is so, and why the account isn't linked with that user; '' if it is.
LINKED = {
    "a user's": ("bob", "", ""),
    "that of a user with two-step verification": ("bob", "app", "link not confirmed"),
    "that of a deactivated user": ("bob", "left", "inactive"),
    "an administrator's": ("ada", "", "link not confirmed"),
    "that of an administrator with two-step verification": ("ada", "app", "link not confirmed"),
}


@pytest.mark.parametrize(("name", "differs", "why"), LINKED.values(), ids=LINKED)
def test_whose_email_links_an_account_the_first_time(name, differs, why, provider, cast):
    user = getattr(cast, name)
    if differs == "app":
        AuthenticatorApp.objects.create(user=user, secret="x")
    elif differs == "left":
        User.objects.filter(pk=user.pk).update(is_active=False)
    claims = {"sub": "1", "email": user.email, "email_verified": True}
    if why:
        with pytest.raises(NotSignedOn) as refused:
            get_or_create_user(provider, claims)
        assert refused.value.why == why
        assert not Identity.objects.exists()
    else:
        assert get_or_create_user(provider, claims) == user
        assert Identity.objects.get().user == user


def test_only_the_account_that_is_linked_with_a_user_confirms_who_they_are(provider, bob, ben, departments):
    other = make_provider("Other", departments.sales)
    for of, subject, user in ((provider, "bob", bob), (provider, "ben", ben), (other, "bob's other", bob)):
        Identity.objects.create(provider=of, subject=subject, user=user)
    confirm_linked_account(provider, bob, {"sub": "bob"})
    for subject in ("ben", "bob's other", "unknown"):
        with pytest.raises(NotSignedOn) as refused:
            confirm_linked_account(provider, bob, {"sub": subject})
        assert refused.value.why == "confirmed by another account"


# The accounts that are linked already as "provider account user", why account 1 of Acme can't be linked with Bob, and what is logged.
LINKS: dict[str, tuple[list[str], str, list[str]]] = {
    "none": ([], "", ["sign_on_linked"]),
    "this one": (["Acme 1 bob"], "", []),
    "another one of his": (["Acme 2 bob"], "linked with another account", []),
    "one of another provider": (["Other 2 bob"], "", ["sign_on_linked"]),
    "that of a colleague": (["Acme 2 ben"], "", ["sign_on_linked"]),
    "this one with a colleague": (["Acme 1 ben"], "linked with another user", []),
    "one of another provider that is called the same": (["Other 1 ben"], "", ["sign_on_linked"]),
}


@pytest.mark.parametrize(("before", "why", "events"), LINKS.values(), ids=LINKS)
def test_an_account_and_a_user_are_linked_once(before, why, events, provider, cast, departments, noted):
    providers = {"Acme": provider, "Other": make_provider("Other", departments.sales)}
    for line in before:
        of, subject, name = line.split()
        Identity.objects.create(provider=providers[of], subject=subject, user=getattr(cast, name))
    person, refused = build_person(provider, {"sub": "1", "email": "x@example.com"}), ""

    def link() -> None:
        nonlocal refused
        try:
            link_identity(provider, cast.bob, person)
        except NotSignedOn as problem:
            refused = problem.why

    assert [line["event"] for line in noted(link)] == events
    assert refused == why
    assert Identity.objects.filter(provider=provider, subject="1", user=cast.bob).exists() is not bool(why)


# Whether the account was linked before, what it says of groups, why no one signs in, and whether the user is active then. The group
# "m" gives a role, and without it there is none.
GROUPS: dict[str, tuple[bool, dict[str, Any], str, bool]] = {
    "a group with a role": (True, {"groups": ["m"]}, "", True),
    "a group with a role, the first time": (False, {"groups": ["m"]}, "", True),
    "no group with a role": (True, {"groups": ["x"]}, "no role", False),
    "no group with a role, the first time": (False, {"groups": ["x"]}, "no role", True),
    "no word about groups": (True, {}, "no groups", True),
}


@pytest.mark.parametrize(("linked", "claims", "why", "active"), GROUPS.values(), ids=GROUPS)
def test_a_user_whose_groups_give_no_role_any_more_is_deactivated(
    linked, claims, why, active, provider, cast, monkeypatch
):
    deactivated: list[User] = []

    def deactivate(of: IdentityProvider, user: User) -> None:
        deactivated.append(user)
        _deactivate(of, user)

    monkeypatch.setattr(user_matching, "_deactivate", deactivate)
    provider.default_role, provider.groups_claim = None, "groups"
    provider.save()
    ClaimRule.objects.create(provider=provider, position=1, value="m", role=Role.objects.get(key="manager"))
    if linked:
        Identity.objects.create(provider=provider, subject="1", user=cast.bob)
    claims = {"sub": "1", "email": cast.bob.email, "email_verified": True, **claims}
    if why:
        with pytest.raises(NotSignedOn) as refused:
            get_or_create_user(provider, claims)
        assert refused.value.why == why
    else:
        assert get_roles(get_or_create_user(provider, claims)) == ["Sales Manager"]
    assert User.objects.get(pk=cast.bob.pk).is_active is active
    # What a first sign-in does is rolled back if it is refused, so nothing more is begun.
    assert deactivated == ([] if active else [cast.bob])


# What the rows decide, and the roles and departments of a Sales Rep of Sales afterwards.
APPLIED = {
    "roles and departments": (Coverage(True, True), ["Operator"], "export"),
    "roles": (Coverage(True, False), ["Operator"], "sales"),
    "departments": (Coverage(False, True), ["Sales Rep"], "export"),
    "nothing": (Coverage(False, False), ["Sales Rep"], "sales"),
}


@pytest.mark.parametrize(("coverage", "names", "place"), APPLIED.values(), ids=APPLIED)
def test_a_sign_in_changes_what_the_rows_decide(coverage, names, place, bob, departments):
    decision = Decision(Role.objects.get(key="operator"), (departments.export,), by_rule=True)
    apply_decision(bob, decision, coverage)
    assert get_roles(bob) == names
    assert User.objects.get(pk=bob.pk).department_ids == [getattr(departments, place).pk]
    # Without a role, those stay.
    apply_decision(bob, Decision(None, (departments.sales,), by_rule=False), coverage)
    assert get_roles(bob) == names


def test_the_preview_is_about_the_users_of_this_provider_those_who_change_first(provider, cast, departments):
    other = make_provider("Other", departments.sales)
    managers = Role.objects.get(key="manager")
    ClaimRule.objects.create(provider=provider, position=1, value="m", role=managers)
    both = make_user("zoe", "rep", [departments.export, departments.sales])
    for name, values in (("ann", ["m"]), ("bob", ["m"]), ("ben", []), ("carla", ["m"])):
        Identity.objects.create(provider=provider, subject=name, user=getattr(cast, name), values=values)
    Identity.objects.create(provider=provider, subject="zoe", user=both, values=["m"])
    Identity.objects.create(provider=other, subject="1", user=cast.dan, values=["m"])
    Identity.objects.create(provider=provider, subject="oscar", user=cast.oscar, values=["m"])
    User.objects.filter(pk=cast.oscar.pk).update(is_active=False)
    found = preview_mapping(provider, get_mapping_rules(provider))
    assert [(line.user.name, line.changes) for line in found] == [
        ("Bob", True), ("Zoe", True), ("Ann", False), ("Ben", False), ("Carla", False),
    ]  # fmt: skip
    lines = {line.user.name: line for line in found}
    assert (lines["Zoe"].departments_now, lines["Zoe"].departments_then) == ("Export, Sales", "Export, Sales")
    assert (lines["Bob"].role_now, lines["Bob"].role_then) == ("Sales Rep", "Sales Manager")


def test_records_are_reassigned_in_the_name_of_who_saved_the_settings_or_of_the_first_administrator(
    provider, ada, bob
):
    assert _get_acting_administrator(provider, ada) is None
    others = [make_user(name, "administrator", []) for name in ("eva", "ion")]
    assert _get_acting_administrator(provider, bob) == ada
    assert _get_acting_administrator(provider, ada) == others[0]
    provider.saved_by = others[1]
    assert _get_acting_administrator(provider, bob) == others[1]
    assert _get_acting_administrator(provider, others[1]) == ada
    provider.saved_by = bob
    assert _get_acting_administrator(provider, bob) == ada


def is_the_last(user: User) -> bool:
    try:
        check_not_the_last(user)
    except LastAdministrator:
        return True
    return False


def test_who_is_the_last_administrator(ada, bob):
    assert (is_the_last(ada), is_the_last(bob)) == (True, False)
    eva, ion = (make_user(name, "administrator", []) for name in ("eva", "ion"))
    assert not any(is_the_last(user) for user in (ada, eva, ion, bob))
    policy = SignOnPolicy.objects.create(only=True)
    policy.keepers.set([eva, bob])
    # He isn't an administrator.
    assert [is_the_last(user) for user in (ada, eva, ion, bob)] == [False, True, False, False]
    policy.keepers.add(ion)
    assert not any(is_the_last(user) for user in (ada, eva, ion, bob))
    User.objects.filter(pk=ion.pk).update(is_active=False)
    assert [is_the_last(user) for user in (ada, eva, ion)] == [False, True, False]


@pytest.mark.parametrize("invited", [False, True])
def test_a_link_works_until_its_time_is_over_to_the_second(invited, bob, monkeypatch):
    begun = datetime(2026, 11, 26, 12, tzinfo=UTC)
    if invited:
        bob.set_unusable_password()
        bob.last_login = None
        bob.save()
    monkeypatch.setattr(timezone, "now", lambda: begun)
    token, lasts = tokens.make_token(bob), get_link_lifetime(bob)
    assert lasts == timedelta(days=7 if invited else 1)
    for after, works in ((timedelta(), True), (lasts, True), (lasts + timedelta(seconds=1), False)):
        monkeypatch.setattr(timezone, "now", lambda after=after: begun + after)
        assert tokens.check_token(bob, token) is works


def test_a_link_is_sent_to_active_users_once_in_two_minutes(bob, ben, monkeypatch, noted):
    begun = timezone.now()
    User.objects.filter(pk=ben.pk).update(is_active=False)

    def count(email: str, after: timedelta) -> int:
        monkeypatch.setattr(timezone, "now", lambda: begun + after)
        return len(noted(lambda: send_forgotten_link(email)))

    second = timedelta(seconds=1)
    assert [count(email, second) for email in ("BOB@example.com", "ben@example.com", "x@example.com")] == [
        1,
        0,
        0,
    ]
    assert count("bob@example.com", timedelta(minutes=2)) == 0
    assert count("bob@example.com", timedelta(minutes=2) + second) == 1


# The line of a list that Ann pastes, and what becomes of it: the outcome, and the beginning of the sentence.
LINES: dict[str, tuple[PastedLine, str, str]] = {
    "a new one": (PastedLine(1, "eva@example.com"), "invited", ""),
    "no address": (PastedLine(1, "", "Eva"), "invalid", "This line has no email address."),
    "no address at all": (PastedLine(1, "eva"), "invalid", "Enter a valid email address."),
    "a user": (PastedLine(1, "BOB@example.com"), "user", "Already a user."),
    "a user out of sight": (PastedLine(1, "dan@example.com"), "user", "An active or inactive user already"),
    "a deactivated one": (PastedLine(1, "ben@example.com"), "inactive", "Deactivated: reactivate"),
    "an open invitation": (PastedLine(1, "ion@example.com"), "open", "Added already, and hasn’t signed in"),
    "a role that she may give": (PastedLine(1, "eva@example.com", role="operator"), "invited", ""),
    "one of two roles that she may not give": (
        PastedLine(1, "eva@example.com", role="Operator; Administrator"), "unknown", "“Administrator” isn’t a role",
    ),
    "a department that she doesn't see": (
        PastedLine(1, "eva@example.com", department="Export"), "unknown", "“Export” isn’t a department",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "outcome", "sentence"), LINES.values(), ids=LINES)
def test_what_becomes_of_a_pasted_line(line, outcome, sentence, cast, departments):
    User.objects.filter(pk=cast.ben.pk).update(is_active=False)
    User.objects.create_user("ion@example.com", "Ion").set_departments([departments.sales])
    rep = Role.objects.get(key="rep")
    (found,) = build_plan([line], roles=[rep], department=departments.sales, by=cast.ann).lines
    assert (found.outcome, bool(found.invitee)) == (outcome, outcome == "invited")
    assert found.sentence.startswith(sentence)
    assert bool(found.sentence) is bool(sentence)
    if found.invitee:
        roles = ["operator"] if line.role else ["rep"]
        assert [role.key for role in found.invitee.roles] == roles
        assert list(found.invitee.departments) == [departments.sales]


def test_an_address_is_invited_once(cast, departments):
    lines = [PastedLine(3, "eva@example.com"), PastedLine(4, "EVA@example.com"), PastedLine(5, "")]
    plan = build_plan([*lines, PastedLine(6, "")], roles=[], department=None, by=cast.ann)
    assert [line.outcome for line in plan.lines] == ["invited", "repeated", "invalid", "invalid"]
    assert plan.invited == [*plan.lines[:1]]
    assert plan.skipped == [*plan.lines[1:]]
    assert plan.lines[1].sentence == "Line 3 has the same address."
    assert plan.counts == ["2 invalid addresses or names", "1 repeated address"]
    assert not User.objects.filter(email="eva@example.com").exists()
