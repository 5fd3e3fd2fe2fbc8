"""What a form carries from page to page in a signed hidden input: when it was opened, its step, and earlier answers.

The server keeps nothing about a visitor until the form is sent, and sets no cookie.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from intake.models import WebForm

# No field of a lead has this name; "state" is one of an address.
INPUT = "form_state"
# Seconds for which an open page can be sent.
DAY = 24 * 60 * 60


@dataclass
class FormState:
    """`opened` is in Unix seconds; `values` are the raw answers of earlier steps, `touch` is the last one."""

    opened: float
    nonce: str
    step: int = 1
    values: dict[str, list[str]] = field(default_factory=dict)
    touch: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return time.time() - self.opened


def create_state(touch: dict[str, str]) -> FormState:
    return FormState(time.time(), secrets.token_urlsafe(16), touch=touch)


def sign_state(state: FormState, form: WebForm) -> str:
    return signing.dumps(vars(state), salt=_get_salt(form), compress=True)


def read_signed_state(text: str, form: WebForm) -> FormState | None:
    """None if it isn't ours, is of another form, or is older than a day."""
    try:
        found: Any = signing.loads(text, salt=_get_salt(form), max_age=DAY)
    except signing.BadSignature:
        return None
    return FormState(**found)


def _get_salt(form: WebForm) -> str:
    return f"intake.forms.{form.pk}"
