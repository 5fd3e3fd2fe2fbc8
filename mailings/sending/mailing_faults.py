"""What keeps a draft from being sent, and what else is wrong with its email, in sentences."""

from typing import Any

from mailings.content.content_checks import get_content_warnings
from mailings.models import Mailing
from mailings.sending.readiness_check import get_readiness_problems

State = Mailing.State


def get_problems_and_warnings(mailing: Mailing, viewer: Any) -> tuple[list[str], list[str]]:
    """Problems of a draft, and warnings about the email of a mailing that isn't sent yet. Each is said once."""
    problems = get_readiness_problems(mailing) if mailing.state == State.DRAFT else []
    warned = get_content_warnings(mailing, viewer) if mailing.state in (State.DRAFT, State.ASKED) else []
    return problems, [sentence for sentence in warned if sentence not in problems]
