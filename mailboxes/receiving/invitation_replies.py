"""An email that answers an invitation: the answer is on the meeting, and what a person wrote with it on the timeline."""

from collections.abc import Sequence
from typing import Any

from crm.models import InvitationAnswer, Operation
from crm.platform.files.kept_file import KeptFile
from mailboxes.models import Message
from mailboxes.receiving.arriving_message import Arrival, Kind, add_email, write_message_row


def receive_invitation_answers(
    arrival: Arrival, answers: Sequence[InvitationAnswer], files: tuple[KeptFile, ...], **more: Any
) -> tuple[Message, Operation | None]:
    """`more` are values of the verb that adds the email. Without a text, and from a program, there is nothing to add."""
    letter: Any = arrival.letter
    meeting = answers[0].activity
    place = (meeting.of, meeting.record)
    row = write_message_row(arrival, Kind.ANSWER, place)
    if letter.automatic or not letter.text:
        return row, None
    return row, add_email(arrival, place, files, **more)
