"""OAuth 2 for mailboxes and calendars: the authorization code flow with PKCE, and the access tokens that they sign in with.

The company that uses Leadwell registers it at Google or Microsoft and enters the client it gets there. Authlib builds the
requests, which are bounded in time and size (accounts/single_sign_on/provider_calls.py). A token is only ever sent to its provider's own
servers.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret, encrypt_secret
from accounts.single_sign_on.failure_reasons import ProviderUnreachable
from accounts.single_sign_on.provider_calls import ProviderSession
from mailboxes.mailbox_problems import MailboxProblem
from mailboxes.models import OAuthAccount, OAuthClient
from mailboxes.models.oauth_client import GOOGLE, MICROSOFT

# A token is renewed this long before it ends.
EARLY = timedelta(minutes=2)
LIFETIME = 3600
# Both providers take the client's secret in the body.
AUTHENTICATES = "client_secret_post"
# RFC 6749: the user or an administrator has taken back the permission, or it has expired.
ENDED = {"invalid_grant", "interaction_required", "consent_required"}


@dataclass(frozen=True)
class OAuthProvider:
    """The addresses and mail servers of a provider; {tenant} is a directory of Microsoft."""

    authorize: str
    token: str
    more: dict[str, str]
    servers: dict[str, Any]


PROVIDERS = {
    GOOGLE: OAuthProvider(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        # Without these, Google gives a refresh token only once.
        {"access_type": "offline", "prompt": "consent"},
        {
            "imap_host": "imap.gmail.com",
            "imap_port": 993,
            "smtp_host": "smtp.gmail.com",
            "smtp_port": 465,
            "smtp_encryption": "tls",
        },
    ),
    MICROSOFT: OAuthProvider(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        {},
        {
            "imap_host": "outlook.office365.com",
            "imap_port": 993,
            "smtp_host": "smtp.office365.com",
            "smtp_port": 587,
            "smtp_encryption": "starttls",
        },
    ),
}


def redirect_address() -> str:
    """The address to register at each provider."""
    return settings.SITE_URL + reverse("mailbox_back")


def build_permission_url(account: OAuthAccount, state: str, verifier: str) -> str:
    """Where the browser goes to give the permission. Raises MailboxProblem."""
    registered = _get_oauth_client(account)
    provider = PROVIDERS[account.oauth_provider]
    more = provider.more | ({"login_hint": account.login} if account.login else {})
    address = provider.authorize.format(tenant=registered.tenant or "common")
    client = _build_client(registered, account)
    return client.create_authorization_url(address, state=state, code_verifier=verifier, **more)[0]


def exchange_code(account: OAuthAccount, code: str, verifier: str) -> None:
    """Exchange the code for tokens, and keep them. Raises MailboxProblem."""
    registered = _get_oauth_client(account)
    answer = _call_token_endpoint(
        account, registered, "fetch_token", grant_type="authorization_code", code=code, code_verifier=verifier
    )
    if not answer.get("refresh_token"):
        raise MailboxProblem("oauth", "no refresh_token")
    _save_tokens(account, answer)


def get_access_token(account: OAuthAccount, *, renewed: bool = False) -> str:
    """A valid token, from the provider if the last one has ended. Raises MailboxProblem, and Unreadable."""
    if not account.refresh_token:
        raise MailboxProblem("not_connected")
    fresh = account.token_until and account.token_until - EARLY > timezone.now()
    if renewed or not fresh:
        token = decrypt_secret(account.refresh_token)
        _save_tokens(
            account,
            _call_token_endpoint(account, _get_oauth_client(account), "refresh_token", refresh_token=token),
        )
    return decrypt_secret(account.access_token)


def _save_tokens(account: OAuthAccount, answer: dict[str, Any]) -> None:
    token, seconds = answer.get("access_token"), answer.get("expires_in", LIFETIME)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise MailboxProblem("oauth", "no access_token")
    lasts = int(seconds) if str(seconds).isdecimal() and len(str(seconds)) < 9 else LIFETIME
    # Microsoft replaces this one each time.
    refresh = answer.get("refresh_token")
    again = encrypt_secret(refresh) if isinstance(refresh, str) and refresh else ""
    account.save_tokens(encrypt_secret(token), again, timezone.now() + timedelta(seconds=lasts))


def _call_token_endpoint(
    account: OAuthAccount, registered: OAuthClient, call: str, **values: str
) -> dict[str, Any]:
    """The answer of the token endpoint."""
    provider, client = PROVIDERS[account.oauth_provider], _build_client(registered, account)
    try:
        answer = getattr(client, call)(provider.token.format(tenant=registered.tenant or "common"), **values)
    except AuthlibBaseError as error:
        ended = error.error in ENDED
        problem = MailboxProblem("expired") if ended else MailboxProblem("oauth", str(error.error))
        raise problem from error
    except ProviderUnreachable as error:
        raise MailboxProblem("oauth", str(error)) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MailboxProblem("oauth", "no JSON") from error
    return dict(answer)


def _build_client(registered: OAuthClient, account: OAuthAccount) -> OAuth2Client:
    try:
        secret = decrypt_secret(registered.secret)
    except UnreadableSecret as error:
        raise MailboxProblem("client_key") from error
    return OAuth2Client(
        ProviderSession(),
        registered.client_id,
        secret,
        token_endpoint_auth_method=AUTHENTICATES,
        scope=account.oauth_scopes[account.oauth_provider],
        redirect_uri=redirect_address(),
        code_challenge_method="S256",
    )


def _get_oauth_client(account: OAuthAccount) -> OAuthClient:
    found = OAuthClient.get_for_provider(account.oauth_provider)
    if found is None:
        raise MailboxProblem("no_client")
    return found
