"""Which existing companies the leads of a file mean: customers finds them (customers/existing_companies.py)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import ngettext

from accounts.models import User
from crm.models import Import, PlannedRow
from crm.templatetags.look import number
from leads.models import Lead

COLUMN = "known_company_id"
# How many companies a sentence names.
NAMED = 10

# For leads that aren't saved yet: the ID of the only company that each one may mean, 0 if there are several. Leads without
# one are missing.
Finder = Callable[[list[Lead], Any], dict[int, int]]
FINDERS: list[Finder] = []


def find_companies(leads: list[Lead], user: User) -> dict[int, int]:
    companies: dict[int, int] = {}
    for finder in FINDERS if leads else ():
        companies |= finder(leads, user)
    return companies


def count_linked_companies(linked: Counter[int], unclear: Counter[str]) -> dict[str, Any]:
    """How many rows are linked to which companies, and which texts may mean several: the most frequent ones by name."""
    first = linked.most_common(NAMED)
    model: Any = Lead._meta.get_field("known_company").related_model
    names = {row.pk: str(row) for row in model.objects.filter(pk__in=[pk for pk, _count in first])}
    found: dict[str, Any] = {}
    if linked:
        companies = [[names[pk], count] for pk, count in first if pk in names]
        found["known_companies"] = {"rows": linked.total(), "all": len(linked), "named": companies}
    if unclear:
        texts = [[text, count] for text, count in unclear.most_common(NAMED)]
        found["several_companies"] = {"rows": unclear.total(), "all": len(unclear), "named": texts}
    return found


def count_written_links(imported: Import, ids: list[int]) -> dict[str, Any]:
    """The links that an import has written; `ids` are the leads that it added and changed."""
    planned = PlannedRow.objects.filter(of=imported, values__has_key=COLUMN)
    written = planned.filter(Q(action="add") | Q(action="change", record__in=ids))
    if not imported.counts.get("known_companies"):
        return {}
    found: dict[str, Any] = {"known_companies": {"rows": 0, "all": 0, "named": []}}
    return found | count_linked_companies(
        Counter(values[COLUMN] for values in written.values_list("values", flat=True)), Counter()
    )


def describe_links(counts: dict[str, Any]) -> list[str]:
    found = []
    if linked := counts.get("known_companies"):
        words = ngettext(
            "%(number)s row is linked to an existing company: %(names)s.",
            "%(number)s rows are linked to existing companies: %(names)s.",
            linked["rows"],
        )
        if linked["rows"]:
            found.append(
                words % {"number": number(linked["rows"]), "names": _format_names_with_counts(linked)}
            )
    if several := counts.get("several_companies"):
        words = ngettext(
            "%(number)s row matches several companies and isn’t linked: %(names)s.",
            "%(number)s rows match several companies and aren’t linked: %(names)s.",
            several["rows"],
        )
        found.append(words % {"number": number(several["rows"]), "names": _format_names_with_counts(several)})
    return found


def _format_names_with_counts(counts: dict[str, Any]) -> str:
    """ "Omnia (8), Alba (4), …"."""
    named = [f"{name} ({number(count)})" for name, count in counts["named"]]
    return ", ".join([*named, *(["…"] if counts["all"] > len(named) else [])])
