"""One attempt to connect an account: the browser goes to the provider, and comes back with its answer."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailboxes.connections.oauth import build_permission_url, exchange_code
from mailboxes.mailbox_problems import MailboxProblem
from mailboxes.models import OAuthAccount

NOT_BEGUN = _("This connection wasn’t started in this browser, or it took too long. Try again.")
KEY = "oauth_attempt"
LASTS = 600


@dataclass(frozen=True)
class OAuthAttempt:
    """`back` names the URL that takes the answer, `subject` says what is connected, in its words, and `answer` is what the provider said."""

    verifier: str
    back: str
    subject: str
    answer: dict[str, str]

    def keep_tokens(self, account: OAuthAccount) -> None:
        """Raises MailboxProblem."""
        if error := self.answer.get("error"):
            raise MailboxProblem("oauth", error[:60])
        exchange_code(account, self.answer.get("code", ""), self.verifier)


def begin_attempt(request: Any, account: OAuthAccount, back: str, subject: str) -> str:
    """The address at the provider. Only this browser can use the answer, once, and only the last attempt counts. Raises MailboxProblem."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    address = build_permission_url(account, state, verifier)
    attempt = {"state": state, "verifier": verifier, "back": back, "subject": subject}
    request.session[KEY] = attempt | {"begun": timezone.now().timestamp()}
    return address


def find_attempt(request: Any) -> OAuthAttempt | None:
    """What this browser has begun and the provider answers now. It is forgotten only by `end_attempt`."""
    begun = request.session.get(KEY) or {}
    is_ours = secrets.compare_digest(begun.get("state", "").encode(), request.GET.get("state", "").encode())
    if not begun or not is_ours or timezone.now().timestamp() - begun["begun"] > LASTS:
        return None
    return OAuthAttempt(begun["verifier"], begun["back"], begun["subject"], request.GET.dict())


def end_attempt(request: Any) -> None:
    request.session.pop(KEY, None)
