"""List requests of CRM Connect programs: three kinds of pages, order, fields, days."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from crm.api.call_parameters import FAR, parse_number_parameter
from crm.api.json_rows import JsonShape
from crm.api.problems import build_invalid_problem
from crm.models import Tag
from crm.platform.web.day_start import get_day_start
from leads.api import dialect_fields
from leads.kind import LEAD
from leads.models import Lead

# Of the list of leads; "search" filters as /api/leads/search/… does.
PARAMETERS = (
    "authtoken", "page", "per_page", "nr_page", "limit", "sort", "fields", "created_after", "created_before", "search",
)  # fmt: skip
MOST_A_PAGE, MOST_A_BARE_PAGE, AT_FIRST = 100, 1_000, 25
SORTS = {
    "id": "id",
    "name": "name_key",
    "company": "company_key",
    "email": "email_key",
    "city": "city_key",
    "dateadded": "created_at",
    "dateassigned": "assigned_at",
    "lastcontact": "last_contacted_at",
    "last_status_change": "status_since",
    "date_converted": "converted_at",
    "status": "status_id",
    "source": "source_id",
    "assigned": "owner_id",
    "lead_value": "value",
}


@dataclass
class ListRequest:
    """One list as requested by the URL. `bare` pages are arrays, the others have their meta data; page 0 means all.

    `sorts` are names in SORTS, each with whether it is descending.
    """

    page: int = 0
    size: int = 0
    bare: bool = True
    sorts: list[tuple[str, bool]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    words: str = ""

    @property
    def by_days(self) -> bool:
        return bool(self.first or self.last)

    def leads_queryset(self, user) -> QuerySet:
        """Unordered."""
        rows = Lead.objects.present().visible_to(user).added_between(self.first, self.last)
        return filter_by_words_or_tag(rows, self.words) if self.words else rows

    def narrow_shape(self, shape: JsonShape) -> JsonShape:
        return shape.select_columns(["id", *self.names]) if self.names else shape


def parse_list_request(data: QueryDict) -> ListRequest:
    """Parse the URL. Raises Problem 422 for invalid parameters; an empty parameter counts as missing."""
    found = ListRequest()
    values = {name: str(text).strip() for name, text in data.items() if str(text).strip()}
    if "nr_page" in data:
        if "nr_page" in values or "per_page" in values:
            found.page = parse_number_parameter("nr_page", values.get("nr_page", "1"), FAR)
            found.size = parse_page_size("per_page", values.get("per_page", str(AT_FIRST)), MOST_A_BARE_PAGE)
    elif "page" in values or "per_page" in values:
        found.bare = False
        found.page = parse_number_parameter("page", values.get("page", "1"), FAR)
        name = "per_page" if "per_page" in values else "limit"
        found.size = parse_page_size(name, values.get(name, str(AT_FIRST)), MOST_A_PAGE)
    if "sort" in values:
        found.sorts = parse_sorts(values["sort"])
    if "fields" in values:
        found.names = parse_field_names(values["fields"])
    if "created_after" in values:
        found.first = parse_midnight("created_after", values["created_after"])
    if "created_before" in values:
        found.last = parse_midnight("created_before", values["created_before"], after=1)
    if "search" in values:
        found.words = values["search"].replace("\0", " ")
        # In the order of a search, unless another one is asked for.
        found.sorts = found.sorts or [("name", False)]
    return found


def filter_by_words_or_tag(rows: Any, words: str) -> Any:
    """Those that contain all words, or those with #tag, without junk."""
    if words.startswith("#"):
        tags = list(Tag.objects.named(words[1:]).values_list("pk", flat=True))
        return rows.without_junk().filter(tags__overlap=tags)
    # Punctuation alone matches no lead.
    return rows.without_junk().filter(LEAD.search(words)[0] or Q(pk__in=[]))


def parse_page_size(name: str, text: str, most: int) -> int:
    """The page size. Programs written for the original ask for more than the limit: they get the maximum."""
    return min(parse_number_parameter(name, text, FAR), most)


def parse_sorts(text: str) -> list[tuple[str, bool]]:
    """ "-dateadded,name" as names, each with whether it is descending."""
    parts = [part.strip() for part in text.split(",")]
    found = [(part.removeprefix("-"), part.startswith("-")) for part in parts]
    if any(name not in SORTS for name, _descends in found):
        raise build_invalid_problem(sort=f"It is one of {', '.join(SORTS)}.")
    return found


def parse_field_names(text: str) -> list[str]:
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in dialect_fields.CONNECT_LISTED]
    if unknown:
        raise build_invalid_problem(fields=f"There is no field {unknown[0]!r}.")
    return wanted


def parse_midnight(name: str, text: str, *, after: int = 0) -> datetime:
    """The beginning of a day, or of the day `after` it, in server time."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise build_invalid_problem(**{name: "It is a day such as 2026-05-31."}) from None
    if not 1900 <= day.year <= 2200:
        raise build_invalid_problem(**{name: "It is a day such as 2026-05-31."})
    return get_day_start(day + timedelta(days=after))
