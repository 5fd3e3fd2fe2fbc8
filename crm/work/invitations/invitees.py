"""Those invited to a meeting, as its page and the timeline show them: their answers, and whether the emails were sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import Activity, Invitation, InvitationAnswer
from crm.work.emails.delivery_problems import get_delivery_sentence
from crm.work.invitations.invitation_sending import get_current_invitation, get_pending_invitations

State, Answer = Invitation.State, InvitationAnswer.Answer
TONES = {
    Answer.ACCEPTED: "positive",
    Answer.DECLINED: "negative",
    Answer.TENTATIVE: "warning",
    Answer.PROPOSED: "warning",
    Answer.FAILED: "negative",
}


@dataclass(frozen=True)
class Invitee:
    """Someone who is invited. `answer` is a word in the user's language; `proposed` is the time that they propose, on the user's
    clock, and `comment` what they wrote with the answer."""

    address: str
    answer: str
    tone: str
    proposed: str = ""
    comment: str = ""


@dataclass(frozen=True)
class InvitationState:
    """The people who are invited; whether an email is on its way; why the last one wasn't sent, or ''; and whether they don't
    know the meeting as it is now."""

    people: list[Invitee]
    is_sending: bool
    problem: str
    is_unsent: bool


def get_invitee_states(rows: Iterable[Activity]) -> dict[int, InvitationState]:
    """Of the meetings among these activities that people are invited to, by ID."""
    meetings = [row for row in rows if row.invited]
    ids = [row.pk for row in meetings]
    if not ids:
        return {}
    sent: dict[int, list[Invitation]] = {pk: [] for pk in ids}
    for email in Invitation.objects.of_activities(ids):
        sent[email.activity_id].append(email)
    answers = {(row.activity_id, row.address): row for row in InvitationAnswer.objects.of_activities(ids)}
    return {row.pk: _build_state(row, sent[row.pk], answers) for row in meetings}


def _build_state(
    row: Activity, sent: list[Invitation], answers: dict[Any, InvitationAnswer]
) -> InvitationState:
    last, _standing = get_current_invitation(sent)
    people = [
        _build_invitee(address, last, answers.get((row.pk, address.lower())))
        for address in row.invited_addresses
    ]
    is_sending = any(email.state in (State.WAITING, State.SENDING) for email in sent)
    newest = sent[-1] if sent else None
    problem = get_delivery_sentence(newest.problem) if newest and not is_sending else ""
    return InvitationState(people, is_sending, problem, bool(get_pending_invitations(row, sent)))


def _build_invitee(address: str, last: Invitation | None, answer: InvitationAnswer | None) -> Invitee:
    """An answer to an earlier invitation doesn't say anything about this one."""
    if answer is None or last is None or answer.sequence != last.sequence:
        return Invitee(address, _("No answer yet"), "")
    word = capfirst(answer.get_answer_display())
    return Invitee(address, word, TONES[Answer(answer.answer)], _format_proposed_time(answer), answer.comment)


def _format_proposed_time(answer: InvitationAnswer) -> str:
    if answer.proposed_from is None:
        return ""
    begins = timezone.localtime(answer.proposed_from)
    words = f"{date_format(begins, 'j M Y')}, {begins:%H:%M}"
    return f"{words}–{timezone.localtime(answer.proposed_to):%H:%M}" if answer.proposed_to else words


def is_unsent(row: Activity) -> bool:
    state = get_invitee_states([row]).get(row.pk)
    return bool(state and state.is_unsent)
