"""The orders of the list, by the name of their column. Each is served by an index of the lead (crm/pages.py)."""

import unicodedata
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django_countries import countries

from crm.models import Job
from crm.segments import Ordered, Parts, Sort, Values
from leads.models import LostReason, Source, Status
from mailings.models import Newsletter

DEFAULT = "-created_at"


def _text(column: str) -> Ordered:
    return Ordered(column, empty=Q(**{column: ""}))


def _moment(column: str) -> Ordered:
    return Ordered(column, empty=Q(**{column: None}))


# The leads of an import that is being applied are all added at the moment when its job began, and nobody sees them
# yet: to pass 100,000 of them would make each first page take three times as long.
_ARRIVING = Job.objects.running().filter(kind="import_apply").order_by("started_at").values("started_at")[:1]
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
BY_AGE = Ordered(
    "created_at", leads=("department_id", "owner_id", ""), gap=Coalesce(Subquery(_ARRIVING), Value(_FAR))
)
PLAIN: dict[str, Sort] = {
    "name": Ordered("name_key"),
    "created_at": BY_AGE,
    "id": Ordered("id"),
    "time_in_status": Ordered("status_since"),
    "company": _text("company_key"),
    "email": _text("email_key"),
    "second_email": _text("second_email_key"),
    "title": _text("title_key"),
    "city": _text("city_key"),
    "state": _text("state_key"),
    "address": _text("address_key"),
    "zip": _text("zip"),
    "website": _text("website"),
    "language": _text("language"),
    "phone": _text("phone_normal"),
    "mobile": _text("mobile_normal"),
    "value": _moment("base_value"),
    "next_action": _moment("next_action_on"),
    "assigned_at": _moment("assigned_at"),
    "first_contacted_at": _moment("first_contacted_at"),
    "last_contacted_at": _moment("last_contacted_at"),
    "converted_at": _moment("converted_at"),
    "vip": Parts((("vip", Q(vip=True)), ("other", Q(vip=False))), indexed=("vip",)),
    "shared": Parts((("shared", Q(shared=True)), ("other", Q(shared=False)))),
    "tags": Parts((("tagged", ~Q(tags=[])), ("other", Q(tags=[])))),
}


def _by_status() -> Values:
    return Values("status_id", tuple(Status.objects.in_order().values_list("pk", flat=True)))


def _by_source() -> Values:
    sources = sorted(Source.objects.all(), key=lambda source: folded(source.label))
    return Values("source_id", tuple(source.pk for source in sources))


def _by_lost_reason() -> Values:
    reasons = LostReason.objects.in_order().values_list("pk", flat=True)
    return Values("lost_reason_id", tuple(reasons), empty=Q(lost_reason=None))


def _by_owner() -> Values:
    from accounts.models import User

    owners = sorted(User.objects.values_list("name", "pk"), key=lambda owner: folded(owner[0]))
    leads = ("department_id", "owner_id")
    return Values("owner_id", tuple(pk for _name, pk in owners), empty=Q(owner=None), leads=leads)


def _by_department() -> Values:
    from accounts.models import Department

    departments = sorted(Department.objects.values_list("name", "pk"), key=lambda row: folded(row[0]))
    return Values("department_id", tuple(pk for _name, pk in departments))


def _by_country() -> Values:
    """By the name that the reader's language shows."""
    codes = sorted(dict(countries), key=lambda code: folded(countries.name(code)))
    return Values("country", tuple(codes), empty=Q(country=""))


def _by_newsletter() -> Parts:
    state = Newsletter.objects.filter(lead=OuterRef("pk"))
    known = (Newsletter.State.RECEIVING, Newsletter.State.UNSUBSCRIBED)
    parts = [(str(value), Q(Exists(state.filter(state=value)))) for value in known]
    return Parts((("none", Q(~Exists(state))), *parts))


LOOKED_UP = {
    "status": _by_status,
    "source": _by_source,
    "lost_reason": _by_lost_reason,
    "owner": _by_owner,
    "department": _by_department,
    "country": _by_country,
    "newsletter": _by_newsletter,
}
NAMES = {*PLAIN, *LOOKED_UP}

LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "ð": "d",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)

# An age counts the other way round: the longest in its status has the earliest date.
TURNED = {"time_in_status"}


def folded(text: str) -> str:
    """The order of leadwell_fold() for the few texts that are sorted here."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain.translate(LETTERS)


def read(text: str | None) -> tuple[str, bool]:
    """ "-name" as ("name", True). What is not in the allow-list is the default."""
    name = (text or DEFAULT).removeprefix("-")
    if name not in NAMES:
        text, name = DEFAULT, DEFAULT.removeprefix("-")
    return name, (text or DEFAULT).startswith("-")


def sort_named(name: str) -> Sort:
    return PLAIN[name] if name in PLAIN else LOOKED_UP[name]()
