"""What happens to each line of a list of people: who will be invited, and why the others are skipped."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.invitations.invite_users import Invitee
from accounts.invitations.pasted_lines import PastedLine
from accounts.models import Department, Role, User
from accounts.models.user import fold_email, guess_name
from crm.platform.configuration.environment import LANGUAGES
from crm.platform.text.text_folding import fold_text

# A line has a name and an address; whether the address is free is judged for all lines at once.
NOT_IN_A_LINE = {field.name for field in User._meta.fields} - {"email", "name"}
# Between several roles or departments in one cell.
SEPARATORS = re.compile(r"[,;|]")


class Outcome(StrEnum):
    INVITED = "invited"
    USER = "user"
    OPEN = "open"
    INACTIVE = "inactive"
    INVALID = "invalid"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class JudgedLine:
    """A line with what happens to it; `invitee` if it is an invitation, else the sentence says why it isn't. `user` is who has the
    address, if they may be known."""

    line: PastedLine
    outcome: Outcome
    invitee: Invitee | None = None
    sentence: str = ""
    user: User | None = None


@dataclass(frozen=True)
class InvitationPlan:
    lines: Sequence[JudgedLine]

    @property
    def invitees(self) -> list[Invitee]:
        return [line.invitee for line in self.lines if line.invitee]

    @property
    def invited(self) -> list[JudgedLine]:
        return [line for line in self.lines if line.invitee]

    @property
    def skipped(self) -> list[JudgedLine]:
        return [line for line in self.lines if not line.invitee]

    @property
    def counts(self) -> list[str]:
        """How many lines are skipped for each reason, with their nouns."""
        numbers = Counter(line.outcome for line in self.lines)
        return [
            _count(outcome, numbers[outcome])
            for outcome in Outcome
            if numbers[outcome] and outcome != "invited"
        ]

    @property
    def digest(self) -> str:
        """The same for the same people with the same roles and departments."""
        people = [
            (one.email, one.name, [role.pk for role in one.roles], [row.pk for row in one.departments])
            for one in self.invitees
        ]
        return blake2b(repr(people).encode()).hexdigest()


def build_plan(
    lines: Iterable[PastedLine], *, roles: Sequence[Role], department: Department | None, by: User
) -> InvitationPlan:
    """`roles` and `department` are for lines without their own."""
    lines = list(lines)
    return InvitationPlan(LineJudge(lines, tuple(roles), department, by).judge_all())


class LineJudge:
    """Knows who has an account, and the roles and departments that `by` may give."""

    def __init__(
        self, lines: list[PastedLine], roles: tuple[Role, ...], department: Department | None, by: User
    ) -> None:
        self.lines, self.roles, self.by = lines, roles, by
        self.departments = (department,) if department else ()
        emails = [fold_email(line.email) for line in lines]
        self.users = {user.email: user for user in User.objects.filter(email__in=emails)}
        self.known = set(User.objects.visible_to(by).filter(email__in=emails).values_list("pk", flat=True))
        self.role_by_name = _index_by_name(Role.objects.active().grantable_by(by), "label")
        self.department_by_name = _index_by_name(Department.objects.active().visible_to(by), "name")
        self.first_lines: dict[str, int] = {}

    def judge_all(self) -> list[JudgedLine]:
        return [self._judge(line) for line in self.lines]

    def _judge(self, line: PastedLine) -> JudgedLine:
        email = fold_email(line.email)
        if not email:
            return JudgedLine(line, Outcome.INVALID, sentence=_("This line has no email address."))
        user = User(email=email, name=" ".join(line.name.split()) or guess_name(email))
        try:
            user.clean_fields(exclude=NOT_IN_A_LINE)
        except ValidationError as error:
            return JudgedLine(line, Outcome.INVALID, sentence=" ".join(error.messages))
        if email in self.first_lines:
            text = _("Line %(number)d has the same address.") % {"number": self.first_lines[email]}
            return JudgedLine(line, Outcome.REPEATED, sentence=text)
        self.first_lines[email] = line.number
        if email in self.users:
            return self._judge_known(line, self.users[email])
        return self._judge_new(line, user)

    def _judge_known(self, line: PastedLine, user: User) -> JudgedLine:
        shown = user if user.pk in self.known else None
        if shown is None:
            # Nothing more is said about someone out of sight than the form for one user says.
            text = _("An active or inactive user already has this email.")
            return JudgedLine(line, Outcome.USER, sentence=text)
        if not user.is_active:
            return JudgedLine(
                line, Outcome.INACTIVE, sentence=_("Deactivated: reactivate this user instead."), user=shown
            )
        if not user.is_invited:
            return JudgedLine(line, Outcome.USER, sentence=_("Already a user."), user=shown)
        return JudgedLine(line, Outcome.OPEN, sentence=_describe_open_invitation(user), user=shown)

    def _judge_new(self, line: PastedLine, user: User) -> JudgedLine:
        roles, wrong = _find_all(line.role, self.role_by_name)
        if wrong:
            text = _("“%(name)s” isn’t a role that you can give.") % {"name": wrong}
            return JudgedLine(line, Outcome.UNKNOWN, sentence=text)
        departments, wrong = _find_all(line.department, self.department_by_name)
        if wrong:
            text = _("“%(name)s” isn’t a department that you can choose.") % {"name": wrong}
            return JudgedLine(line, Outcome.UNKNOWN, sentence=text)
        invitee = Invitee(user.name, user.email, roles or self.roles, departments or self.departments)
        return JudgedLine(line, Outcome.INVITED, invitee)


def _index_by_name(rows: Iterable, label: str) -> dict[str, Any]:
    """By each name that people see, folded: shipped roles have one in each language."""
    found: dict[str, Any] = {}
    for code, _name in LANGUAGES:
        with translation.override(code):
            found |= {fold_text(str(getattr(row, label))): row for row in rows}
    return found | {fold_text(row.name): row for row in rows}


def _find_all(cell: str, by_name: dict[str, Any]) -> tuple[tuple, str]:
    """The rows that a cell names, each once, and the first name that isn't known. One name may contain a comma."""
    whole = by_name.get(fold_text(cell.strip()))
    if whole:
        return (whole,), ""
    names = [part.strip() for part in SEPARATORS.split(cell) if part.strip()]
    unknown = next((name for name in names if fold_text(name) not in by_name), "")
    found = dict.fromkeys(by_name[fold_text(name)] for name in names) if not unknown else ()
    return tuple(found), unknown


def _describe_open_invitation(user: User) -> str:
    ends_at = user.invitation_ends_at
    if ends_at is None:
        return _("Added already, and hasn’t signed in yet.")
    day = date_format(localtime(ends_at), "j M Y")
    if user.is_invitation_expired:
        return _("Invited already; the invitation expired on %(day)s.") % {"day": day}
    return _("Invited already, until %(day)s.") % {"day": day}


def _count(outcome: str, number: int) -> str:
    match outcome:
        case Outcome.USER:
            text = ngettext("%(number)d already a user", "%(number)d already users", number)
        case Outcome.OPEN:
            text = ngettext("%(number)d invited already", "%(number)d invited already", number)
        case Outcome.INACTIVE:
            text = ngettext("%(number)d deactivated user", "%(number)d deactivated users", number)
        case Outcome.INVALID:
            text = ngettext(
                "%(number)d invalid address or name", "%(number)d invalid addresses or names", number
            )
        case Outcome.REPEATED:
            text = ngettext("%(number)d repeated address", "%(number)d repeated addresses", number)
        case _unknown:
            text = ngettext(
                "%(number)d unknown role or department", "%(number)d unknown roles or departments", number
            )
    return text % {"number": number}
