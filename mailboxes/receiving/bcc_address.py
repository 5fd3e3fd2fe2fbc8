"""The bcc address of a user: an email that they sent to it from another program lands on the timelines of its recipients."""

from typing import Any

from accounts.models import User
from crm.platform.files.kept_file import KeptFile
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.models import Mailbox
from mailboxes.receiving.arriving_message import Arrival, Kind, add_email, write_message_row
from mailboxes.receiving.known_addresses import find_known_records
from mailboxes.receiving.loop_detection import is_own_message
from mailboxes.receiving.signed_addresses import BCC, parse_signed_addresses


def find_bcc_user(letter: ReceivedMessage, mailbox: Mailbox) -> int | None:
    """The ID of the user whose bcc address it was sent to."""
    return next((pk for name, pk in parse_signed_addresses(letter.to, mailbox) if name == BCC), None)


def get_own_addresses(user: User) -> set[str]:
    """What the user writes from: the address that they sign in with, and that of their mailbox."""
    own = Mailbox.objects.of_user(user).values_list("address", flat=True)
    return {user.email.lower(), *(address.lower() for address in own)}


def receive_bcc_copy(arrival: Arrival, pk: int, files: tuple[KeptFile, ...]) -> None:
    """Anyone can see the address in an email that was forwarded, so it counts only from its user's own addresses."""
    letter: Any = arrival.letter
    user = User.objects.with_rights().active().filter(pk=pk).first()
    if user is None or letter.sender.lower() not in get_own_addresses(user):
        write_message_row(arrival, Kind.BCC_SENDER)
    elif is_own_message(letter):
        write_message_row(arrival, Kind.OWN)
    elif found := find_known_records(user, letter.written_to):
        places = {place: address for address, known in found.items() for place in known}
        write_message_row(arrival, Kind.TIMELINE, next(iter(places)))
        for number, (place, address) in enumerate(places.items()):
            # A Message-ID is unique: replies go on at the first one.
            more = {"message_id": ""} if number else {}
            add_email(arrival, place, files, by=user, address=address, **more)
    else:
        write_message_row(arrival, Kind.BCC_NONE)
