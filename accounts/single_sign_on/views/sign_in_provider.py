"""Through an identity provider: sign in, confirm who you are, or link an account with your user."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.authentication.pending_sign_in import finish_sign_in, forget_pending_sign_in
from accounts.authentication.session_store import SIGNED_ON
from accounts.authentication.views.sign_in import get_target_url
from accounts.models import IdentityProvider
from accounts.sign_in_state import get_sign_in_state
from accounts.single_sign_on import user_matching
from accounts.single_sign_on.failure_reasons import NotSignedOn, ProviderUnreachable
from accounts.single_sign_on.openid_connect import (
    Claims,
    build_provider_url,
    get_checked_claims,
    has_authenticated_since,
)
from accounts.single_sign_on.pending_attempts import (
    CONFIRM,
    LINK,
    SIGN_IN,
    Attempt,
    create_attempt,
    mark_attempt_used,
    pop_attempt,
)
from accounts.single_sign_on.provider_discovery import refresh_provider_if_old
from crm.platform.web.password_confirmation import (
    LASTS,
    confirm_password_with_new_session_key,
    require_confirmation,
)
from crm.platform.web.security_log import write_security_line
from crm.platform.web.transactions import LOCK_NOT_AVAILABLE, get_sqlstate

SALT = "accounts.link"
# Where someone is led after a failure.
BEFORE = {SIGN_IN: "login", CONFIRM: "confirm", LINK: "profile"}


def build_link_token(request, provider: IdentityProvider) -> str:
    """A page of another site can't know it, so it can't link an account of its own with the user."""
    return signing.dumps([request.user.pk, provider.pk], salt=SALT)


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_GET
def sign_on_start(request, pk):
    provider = get_provider_or_404(pk)
    if request.user.is_authenticated:
        return redirect(get_target_url(request))
    forget_pending_sign_in(request)
    return redirect_to_provider(request, provider, SIGN_IN, get_target_url(request))


@transaction.non_atomic_requests
@never_cache
@require_GET
def sign_on_confirm(request, pk):
    return redirect_to_provider(request, get_provider_or_404(pk), CONFIRM, get_target_url(request))


@transaction.non_atomic_requests
@never_cache
@require_GET
@require_confirmation
def sign_on_link(request, pk):
    try:
        known = signing.loads(request.GET.get("key", ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        known = None
    if known != [request.user.pk, pk]:
        messages.error(request, _("This link has expired. Try again."))
        return redirect("profile")
    return redirect_to_provider(request, get_provider_or_404(pk), LINK, reverse("profile"))


def redirect_to_provider(request, provider: IdentityProvider, purpose: str, target: str) -> HttpResponse:
    """To the provider, if it can be reached."""
    try:
        refresh_provider_if_old(provider)
        state, attempt = create_attempt(request, provider.pk, purpose, target)
        return HttpResponseRedirect(build_provider_url(provider, state, attempt))
    except ProviderUnreachable as problem:
        return show_failure(
            request,
            NotSignedOn(f"unreachable: {problem}"[:200], get_unreachable_sentence(provider)),
            purpose,
            provider,
        )


def get_provider_or_404(pk: int) -> IdentityProvider:
    provider = IdentityProvider.objects.active().filter(pk=pk).first()
    if provider is None:
        raise Http404
    return provider


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_GET
def sign_on_back(request):
    """Where providers lead back to. Nothing is saved while the provider is asked."""
    attempt, provider = None, None
    try:
        attempt = pop_attempt(request)
        provider = get_provider_or_404(attempt.provider)
        mark_attempt_used(attempt)
        return ENDS[attempt.purpose](
            request, provider, attempt, get_checked_claims(request, provider, attempt)
        )
    except NotSignedOn as problem:
        found = problem
    except ProviderUnreachable as problem:
        found = NotSignedOn(f"unreachable: {problem}"[:200], get_unreachable_sentence(provider))
    except OperationalError as error:
        if get_sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        found = NotSignedOn("busy", _("Many users are being changed right now. Try again."))
    return show_failure(request, found, attempt.purpose if attempt else SIGN_IN, provider)


def get_unreachable_sentence(provider: IdentityProvider | None) -> str:
    name = provider.name if provider else ""
    return _("%(provider)s can’t be reached at the moment. Try again later.") % {"provider": name}


def complete_sign_in(request, provider: IdentityProvider, attempt: Attempt, claims: Claims) -> HttpResponse:
    user = user_matching.get_or_create_user(provider, claims)
    fresh = has_authenticated_since(provider, claims, (timezone.now() - LASTS).timestamp())
    state = get_sign_in_state(request)
    state.signed_on_with, state.just_authenticated = provider.name, fresh
    response = finish_sign_in(request, user, attempt.target)
    request.session[SIGNED_ON] = provider.pk
    return response


def complete_confirmation(
    request, provider: IdentityProvider, attempt: Attempt, claims: Claims
) -> HttpResponse:
    check_signed_in(request)
    user_matching.confirm_linked_account(provider, request.user, claims)
    confirm_password_with_new_session_key(request.session)
    return HttpResponseRedirect(attempt.target)


def link_and_redirect(request, provider: IdentityProvider, attempt: Attempt, claims: Claims) -> HttpResponse:
    check_signed_in(request)
    user_matching.link_account(provider, request.user, claims)
    messages.success(request, _("Your account of %(provider)s is linked.") % {"provider": provider.name})
    return HttpResponseRedirect(attempt.target)


def check_signed_in(request) -> None:
    if not request.user.is_authenticated:
        raise NotSignedOn("signed out", _("You were signed out in the meantime. Sign in, then try again."))


ENDS = {SIGN_IN: complete_sign_in, CONFIRM: complete_confirmation, LINK: link_and_redirect}


def show_failure(
    request, problem: NotSignedOn, purpose: str, provider: IdentityProvider | None
) -> HttpResponse:
    """Back to where it began, with the sentence."""
    details = {"why": problem.why, "provider": provider.name if provider else ""}
    details |= {"tried": problem.tried} if problem.tried else {}
    write_security_line("sign_on_failed", **details)
    messages.error(request, str(problem))
    signed_in = request.user.is_authenticated
    return redirect(BEFORE[purpose] if signed_in else "login")
