"""What is wrong with a connected calendar, in sentences: kept as a key and what the server said, read in the viewer's language."""

from django.utils.translation import gettext_lazy as _

LONGEST_ANSWER = 250
PROBLEMS = {
    "login": _("The calendar server doesn’t accept the sign-in. Enter the username and the password again."),
    "expired": _(
        "The permission to use this calendar has expired or was revoked. Connect the calendar again."
    ),
    "not_connected": _("The calendar isn’t connected yet."),
    "oauth": _("The provider didn’t give access: %(answer)s"),
    "client_key": _(
        "The provider’s client secret can’t be read any more. Ask an administrator to enter it again under Mailboxes."
    ),
    "no_client": _(
        "Leadwell isn’t registered at this provider any more. Ask an administrator to enter the OAuth client under Mailboxes."
    ),
    "forbidden": _("The calendar server doesn’t allow this: %(answer)s"),
    "unreachable": _("The calendar server can’t be reached: %(answer)s"),
    "not_encrypted": _("Enter an address that starts with https://, because the password is sent to it."),
    "no_calendars": _("There are no calendars at this address. Check the address and the username."),
    "no_own_calendars": _("This account has no calendar that you can write to."),
    "calendar_gone": _("The calendar no longer exists on its server. Choose another one."),
    "busy": _("The calendar server asked Leadwell to wait. The calendar is synced again later."),
    "answer": _("The calendar server sent an answer that can’t be read: %(answer)s"),
    "too_many": _("The calendar has more than 20,000 events. Choose a smaller one."),
    "key": _("The password can’t be read any more, because the secret key was changed. Enter it again."),
    "inside": _("Something went wrong on our side. The calendar is synced again later."),
}


class CalendarProblem(Exception):
    """A key of PROBLEMS, and what the server said. `retry_after` is how many seconds it asks to wait."""

    def __init__(self, key: str, answer: str = "", *, retry_after: int = 0) -> None:
        plain = " ".join("".join(letter if letter.isprintable() else " " for letter in answer).split())
        super().__init__(f"{key} {plain}"[:LONGEST_ANSWER].strip())
        self.retry_after = retry_after

    @property
    def key(self) -> str:
        return str(self).partition(" ")[0]


def get_problem_sentence(problem: str) -> str:
    """The problem in the user's language, or ''."""
    key, _space, answer = problem.partition(" ")
    return str(PROBLEMS.get(key, PROBLEMS["inside"])) % {"answer": answer or "–"} if problem else ""
