"""Handing an email over to the mail server, and what the mail server said about it."""

import re
from collections.abc import Iterable
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext_lazy as _lazy
from procrastinate import RetryStrategy

# So long, in seconds, can sending be undone.
PAUSE = 10
# If the mail server can't be reached, it is tried again after 4 s, 16 s, and about 1 and 4 minutes.
TRIES = 5
# For errors on our side, such as a lost database connection.
RETRIES = RetryStrategy(max_attempts=4, exponential_wait=4)
LONGEST_ANSWER = 250
# Of several recipients, the mail server has refused some.
PARTLY = "partly"
# Why an email wasn't sent, or not to all, by the first word of its problem.
PROBLEMS = {
    PARTLY: _lazy("The mail server refused %(answer)s. The other recipients were sent the email."),
    "refused": _lazy("The mail server refused it: %(answer)s"),
    "bounced": _lazy("It couldn’t be delivered: %(answer)s"),
    "deleted": _lazy("It was deleted before it was sent."),
    "undone": _lazy("It was undone before it was sent."),
    "unsubscribed": _lazy("The recipient unsubscribed before it was sent."),
    "suppressed": _lazy("The address was suppressed before the email was sent."),
    "replied": _lazy("The recipient replied before it was sent."),
    "stopped": _lazy("The sequence ended before it was sent."),
    "unreachable": _lazy("The mail server can’t be reached."),
    "store": _lazy("The file store can’t be reached, so its files can’t be sent."),
    "unknown": _lazy("Sending was interrupted, so it may have arrived. Ask before you try again."),
    "file": _lazy("The file “%(answer)s” is no longer on the server."),
}


class NotReached(Exception):
    """The mail server can't be reached, so it has accepted nothing."""


def send_and_get_problem(letter: EmailMultiAlternatives) -> str:
    """Send an email. Returns '' if the mail server has accepted it for all recipients, otherwise the problem: a key of PROBLEMS
    and what the mail server said. Raises NotReached."""
    letter.connection = letter.connection or get_connection()
    try:
        letter.connection.open()
    except (OSError, SMTPException) as error:
        raise NotReached from error
    try:
        letter.send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        return f"refused {get_server_answer(error)}"[:LONGEST_ANSWER]
    except OSError:
        # The connection broke in between. All other errors of smtplib are such errors too.
        return "unknown"
    finally:
        letter.connection.close()
    # Other connections than SMTP refuse no one.
    refused = getattr(letter.connection, "refused", {})
    told = ", ".join(f"{address} ({format_answer(*answer)})" for address, answer in refused.items())
    return f"{PARTLY} {told}"[:LONGEST_ANSWER] if told else ""


def is_accepted(problem: str) -> bool:
    """Whether the mail server has taken the email for at least one recipient."""
    return not problem or problem.partition(" ")[0] == PARTLY


def get_server_answer(error: SMTPRecipientsRefused | SMTPResponseException) -> str:
    """What the mail server said."""
    if isinstance(error, SMTPRecipientsRefused):
        return format_answer(*next(iter(error.recipients.values())))
    return format_answer(error.smtp_code, error.smtp_error)


def format_answer(code: int, text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"


def get_delivery_sentence(problem: str, hidden: Iterable[str] = ()) -> str:
    """The problem in the user's language, or ''. `hidden` are the addresses of blind copies, for a reader who doesn't see them."""
    reason, _space, answer = problem.partition(" ")
    for address in hidden:
        answer = re.sub(re.escape(address), "…", answer, flags=re.IGNORECASE)
    return str(PROBLEMS.get(reason, "")) % {"answer": answer}
