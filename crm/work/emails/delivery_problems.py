"""Handing an email over to the mail server, and what the mail server said about it."""

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
# Why an email wasn't sent, by the first word of its problem.
PROBLEMS = {
    "refused": _lazy("The mail server refused it: %(answer)s"),
    "bounced": _lazy("It couldn’t be delivered: %(answer)s"),
    "deleted": _lazy("It was deleted before it was sent."),
    "unreachable": _lazy("The mail server can’t be reached."),
    "store": _lazy("The file store can’t be reached, so its files can’t be sent."),
    "unknown": _lazy("Sending was interrupted, so it may have arrived. Ask before you try again."),
    "file": _lazy("The file “%(answer)s” is no longer on the server."),
}


class NotReached(Exception):
    """The mail server can't be reached, so it has accepted nothing."""


def send_and_get_problem(letter: EmailMultiAlternatives) -> str:
    """Send an email. Returns '' if the mail server has accepted it, otherwise the problem: a key of PROBLEMS and what the
    mail server said. Raises NotReached."""
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
    return ""


def get_server_answer(error: SMTPRecipientsRefused | SMTPResponseException) -> str:
    """What the mail server said."""
    code: int
    text: bytes | str
    if isinstance(error, SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    else:
        code, text = error.smtp_code, error.smtp_error
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def get_delivery_sentence(problem: str) -> str:
    """The problem in the user's language, or ''."""
    reason, _space, answer = problem.partition(" ")
    return str(PROBLEMS.get(reason, "")) % {"answer": answer}
