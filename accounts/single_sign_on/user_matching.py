"""Who the account of a provider is here: a known user, a user to link, a new user, or no one.

An account is found by its issuer and subject. The first time, its verified email may find a user, but never an
administrator or a user with two-step verification: they link it in their profile, because an email alone would let
whoever controls the provider take over what is protected better. Two accounts of a provider never share a user.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Identity, IdentityProvider, User
from accounts.models.single_sign_on import split_domains
from accounts.models.user import fold_email
from accounts.second_factor.second_factor import has_second_factor
from accounts.single_sign_on.claim_mapping import (
    Coverage,
    apply_decision,
    decide_role_and_departments,
    get_claim_values,
    get_mapping_rules,
)
from accounts.single_sign_on.failure_reasons import NotSignedOn
from accounts.single_sign_on.provider_discovery import GOOGLE
from accounts.single_sign_on.sign_in_policy import emergency_administrators_queryset
from accounts.single_sign_on.text_validation import has_broken_characters
from accounts.users.deactivation import Heirs, deactivate
from accounts.users.edit_conflicts import lock_account_changes
from accounts.users.last_administrator import LastAdministrator
from crm.platform.web.security_log import write_security_line
from crm.platform.web.transactions import set_transaction_limits

CONSUMER_DOMAIN = "gmail.com"
Claims = dict[str, Any]


@dataclass(frozen=True)
class ClaimedPerson:
    """What the claims say about someone."""

    subject: str
    email: str
    name: str
    values: list[str] | None


def build_person(provider: IdentityProvider, claims: Claims) -> ClaimedPerson:
    email = claims.get("email")
    folded = fold_email(email)[:254] if isinstance(email, str) else ""
    return ClaimedPerson(
        claims["sub"], folded, _get_name(claims, folded), get_claim_values(claims, provider.groups_claim)
    )


def _get_name(claims: Claims, email: str) -> str:
    parts = (
        [claims.get("name")] if claims.get("name") else [claims.get("given_name"), claims.get("family_name")]
    )
    text = " ".join(part.strip() for part in parts if isinstance(part, str)).strip()
    shown = "".join(letter for letter in text if letter.isprintable())
    return (shown or email.partition("@")[0])[:150]


def get_or_create_user(provider: IdentityProvider, claims: Claims) -> User:
    """The user with these claims, with what the mapping gives. Raises NotSignedOn.

    Saving people goes one at a time, so of two first sign-ins at once the second finds the account of the first.
    """
    person = build_person(provider, claims)
    problem: NotSignedOn | None = None
    _check_email(provider, claims, person)
    with transaction.atomic():
        set_transaction_limits()
        lock_account_changes()
        known = Identity.objects.with_subject(provider, person.subject).select_related("user").first()
        if known is None:
            return _sign_in_first_time(provider, person)
        try:
            return _sign_in_known_user(provider, known, person)
        except NotSignedOn as found:
            # A deactivation stays, although no one is signed in.
            problem = found
    raise problem


def link_account(provider: IdentityProvider, user: User, claims: Claims) -> None:
    """Link the account with a user who has just confirmed who they are. Raises NotSignedOn."""
    person = build_person(provider, claims)
    with transaction.atomic():
        set_transaction_limits()
        lock_account_changes()
        _check_email(provider, claims, person)
        _check_active(User.objects.get(pk=user.pk))
        link_identity(provider, user, person)


def confirm_linked_account(provider: IdentityProvider, user: User, claims: Claims) -> None:
    """Raises NotSignedOn unless the account is linked with this user."""
    if not Identity.objects.with_subject(provider, claims["sub"]).of_user(user).exists():
        sentence = _("This account of %(provider)s isn’t linked with your user.") % {
            "provider": provider.name
        }
        raise NotSignedOn("confirmed by another account", sentence, tried=user.email)


def _check_email(provider: IdentityProvider, claims: Claims, person: ClaimedPerson) -> None:
    """Raises NotSignedOn unless the provider answers for the email, and its domain is one of the list."""
    if has_broken_characters(person.email):
        sentence = _("%(provider)s sent an email with characters that can’t be used. Ask an administrator.")
        raise NotSignedOn("broken email", sentence % {"provider": provider.name})
    local, _at, domain = person.email.rpartition("@")
    if not local or not domain:
        raise NotSignedOn("no email", _("%(provider)s didn’t send your email.") % {"provider": provider.name})
    domains = split_domains(provider.domains)
    if domain not in domains:
        sentence = _("Emails of the domain %(domain)s can’t sign in here.") % {"domain": domain}
        raise NotSignedOn("foreign domain", sentence, tried=person.email)
    if claims.get("email_verified") is not True and not provider.trusts_emails:
        sentence = _("%(provider)s hasn’t verified your email. Verify it there, then try again.")
        raise NotSignedOn("email not verified", sentence % {"provider": provider.name}, tried=person.email)
    # Anyone can have a Google account with a company's address, also after leaving the company.
    if provider.issuer == GOOGLE and domain != CONSUMER_DOMAIN and claims.get("hd") not in domains:
        sentence = _("This Google account isn’t managed by %(domain)s.") % {"domain": domain}
        raise NotSignedOn("not an account of the organization", sentence, tried=person.email)


def _sign_in_first_time(provider: IdentityProvider, person: ClaimedPerson) -> User:
    user = User.objects.with_email(person.email).first()
    if user is None:
        return _create_user(provider, person)
    _check_active(user)
    if user.is_administrator or has_second_factor(user):
        sentence = _("Your account is protected: sign in as before, then link %(provider)s in your profile.")
        raise NotSignedOn("link not confirmed", sentence % {"provider": provider.name}, tried=person.email)
    link_identity(provider, user, person)
    return _apply_mapping(provider, user, person, returning=False)


def _create_user(provider: IdentityProvider, person: ClaimedPerson) -> User:
    decision = decide_role_and_departments(provider, get_mapping_rules(provider), person.values or [])
    if decision.role is None:
        raise NotSignedOn("no role", _get_no_role_sentence(provider), tried=person.email)
    user = User.objects.create_user(person.email, person.name, None, hue=User.objects.get_next_hue())
    user.groups.set([decision.role])
    user.set_departments(list(decision.departments))
    write_security_line("user_added", of=user.pk, of_email=user.email, provider=provider.name)
    link_identity(provider, user, person)
    return user


def link_identity(provider: IdentityProvider, user: User, person: ClaimedPerson) -> None:
    """Raises NotSignedOn if the user or the account is already linked with another one."""
    if Identity.objects.filter(provider=provider, user=user).exclude(subject=person.subject).exists():
        sentence = _(
            "Your user is linked with another account of %(provider)s. Ask an administrator to unlink it."
        )
        raise NotSignedOn(
            "linked with another account", sentence % {"provider": provider.name}, tried=person.email
        )
    row, made = Identity.objects.get_or_create(
        provider=provider, subject=person.subject, defaults={"user": user}
    )
    if row.user_id != user.pk:
        sentence = _("This account of %(provider)s is linked with another user.") % {
            "provider": provider.name
        }
        raise NotSignedOn("linked with another user", sentence, tried=person.email)
    _save_identity_use(row, person)
    if made:
        write_security_line(
            "sign_on_linked", by=user, of=user.pk, of_email=user.email, provider=provider.name
        )


def _sign_in_known_user(provider: IdentityProvider, known: Identity, person: ClaimedPerson) -> User:
    _check_active(known.user)
    _save_identity_use(known, person)
    return _apply_mapping(provider, known.user, person, returning=True)


def _save_identity_use(row: Identity, person: ClaimedPerson) -> None:
    row.last_used_at = timezone.now()
    if person.values is not None:
        row.values = person.values
    row.save(update_fields=["values", "last_used_at"])


def _apply_mapping(provider: IdentityProvider, user: User, person: ClaimedPerson, *, returning: bool) -> User:
    """Apply the mapping. Raises NotSignedOn if it gives no role, after deactivating a returning user."""
    rules = get_mapping_rules(provider)
    coverage = Coverage.from_rules(rules)
    if (
        not (coverage.roles or coverage.departments)
        or emergency_administrators_queryset().filter(pk=user.pk).exists()
    ):
        return user
    if person.values is None:
        # More likely a setting of the provider than a user without groups, so no one is deactivated.
        sentence = _("%(provider)s didn’t send your groups. Ask an administrator to check its settings.")
        raise NotSignedOn("no groups", sentence % {"provider": provider.name}, tried=person.email)
    decision = decide_role_and_departments(provider, rules, person.values)
    if coverage.roles and decision.role is None:
        if returning:
            _deactivate(provider, user)
        raise NotSignedOn("no role", _get_no_role_sentence(provider), tried=person.email)
    try:
        apply_decision(user, decision, coverage)
    except LastAdministrator:
        write_security_line("sign_on_kept", by=user, of=user.pk, of_email=user.email, provider=provider.name)
    return user


def _deactivate(provider: IdentityProvider, user: User) -> None:
    """With the rules for leaving users; the last administrator stays."""
    by = _get_acting_administrator(provider, user)
    able = User.objects.active().with_rights().filter(pk=provider.heir_id).exclude(pk=user.pk)
    try:
        if by is None:
            raise LastAdministrator
        heirs = Heirs(tuple(heir for heir in able if heir.department_ids))
        deactivate(user, heirs, by=by, program=provider.name)
    except (LastAdministrator, PermissionDenied):
        write_security_line("sign_on_kept", by=user, of=user.pk, of_email=user.email, provider=provider.name)
    else:
        write_security_line(
            "sign_on_deactivated", by=by, of=user.pk, of_email=user.email, provider=provider.name
        )


def _get_acting_administrator(provider: IdentityProvider, user: User) -> User | None:
    """The administrator in whose name records are reassigned: who saved the settings last, or else the first one."""
    others = User.objects.administrators().exclude(pk=user.pk).with_rights().order_by("id")
    return others.filter(pk=provider.saved_by_id).first() or others.first()


def _check_active(user: User) -> None:
    if not user.is_active:
        raise NotSignedOn(
            "inactive", _("Your account is deactivated. Ask an administrator."), tried=user.email
        )


def _get_no_role_sentence(provider: IdentityProvider) -> str:
    return _("%(provider)s gives you no role in Leadwell. Ask an administrator.") % {
        "provider": provider.name
    }
