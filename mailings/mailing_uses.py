"""The mailings that a user sends: the page that deactivates the user says what becomes of them."""

from typing import Any

from django.utils.translation import ngettext

from accounts.models import User
from crm.records.kinds.record_uses import Uses, build_uses, get_visible_rows
from mailings.models import Mailing

State = Mailing.State
BEFORE_SENDING = (State.DRAFT, State.ASKED)
BEGUN = (State.SCHEDULED, State.SENDING, State.PAUSED)


def find_mailing_uses(record: Any, viewer: User) -> list[Uses]:
    if not isinstance(record, User):
        return []
    own = Mailing.objects.sent_by(record).with_names().newest_first()
    drafts, begun = list(own.in_state(*BEFORE_SENDING)), list(own.in_state(*BEGUN))
    of_drafts = ngettext(
        "%(number)s mailing that isn’t scheduled is from this user. It can’t be sent, but a colleague can send a copy",
        "%(number)s mailings that aren’t scheduled are from this user. They can’t be sent, but a colleague can send copies",
        len(drafts),
    )
    of_begun = ngettext(
        "%(number)s scheduled or unfinished mailing is from this user. It’s paused, and can be resumed when the user is active again",
        "%(number)s scheduled or unfinished mailings are from this user. They’re paused, and can be resumed when the user is active "
        "again",
        len(begun),
    )
    return [*_build_mailing_uses(begun, of_begun, viewer), *_build_mailing_uses(drafts, of_drafts, viewer)]


def _build_mailing_uses(rows: list[Mailing], words: str, viewer: User) -> list[Uses]:
    seen = get_visible_rows(viewer, rows, "mailings.view_mailing")
    return build_uses(rows, words, [(row.subject, row.get_absolute_url()) for row in seen])
