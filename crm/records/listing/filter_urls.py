"""Where a filter goes in the URL of a list: beside the others, in place of an earlier one, or as an alternative."""

from urllib.parse import urlencode

from django.http import QueryDict

from crm.fields.conditions.field_filters import NEGATION_SUFFIX, AnyOf, get_filter_parameters
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_alternatives import (
    ALTERNATIVE_PREFIX,
    build_alternative,
    build_query_dict,
    build_query_with_part,
    build_query_without_part,
    build_query_without_prefix,
    has_alternatives,
)
from crm.records.listing.record_list import PAGE_PARAMETERS, RecordList

BOARD = "board"
# Other pages than the list with filters in their URL, as names of URLs by record type; the apps add theirs. What they are
# about, such as the rule whose conditions they show, is in the parameter `view`.
PAGES: dict[str, list[str]] = {}


def build_view_parameter(view: object, on: object = "") -> str:
    """The saved view that a list was opened from, and that it is shown on another page, as further parameters of an
    address."""
    others = [BOARD, *(page for pages in PAGES.values() for page in pages)]
    more = {"view": view, "on": on if on in others else ""}
    found = urlencode({name: value for name, value in more.items() if value})
    return f"&{found}" if found else ""


def get_return_page(kind: Kind, data: QueryDict) -> str:
    """Where a list's dialog leads back to, as the name of a URL: to the list, or to the page that it was opened from, such
    as the board."""
    pages = [*([BOARD] if kind.board else []), *PAGES.get(kind.name, [])]
    return next((page for page in pages if page == data.get("on")), "list")


class FilterPlace:
    """`data` is the URL of the form: `was` is the filter that it changes, as its part of the list's URL; `any` makes the
    new filter an alternative to those before it. Without both, it replaces the first filter on its field."""

    def __init__(self, listing: RecordList, field: str, data: QueryDict) -> None:
        self.listing, self.view = listing, data.get("view", "")
        self.shown_on = get_return_page(listing.kind, data)
        self.was = QueryDict(data.get("was", ""), mutable=True)
        self.new_alternative = "any" in data and not self.was
        if not self.was and not self.new_alternative:
            self.was = self._find_field_query(field)
        self.either = self.new_alternative or has_alternatives(self.was)
        # The filter that the form changes, without the prefix of an alternative.
        self.now = build_query_without_prefix(self.was)

    def _find_field_query(self, field: str) -> QueryDict:
        for chip in self.listing.filters.build_chips():
            if chip.field == field and not chip.either:
                return chip.own
        data = self.listing.data
        return build_query_dict(
            {
                name: data.getlist(name)
                for name in data
                if name.partition(OPERATOR_SEPARATOR)[0] in get_filter_parameters(field)
            }
        )

    @property
    def in_view(self) -> str:
        return build_view_parameter(self.view, self.shown_on)

    @property
    def other_filters(self) -> QueryDict:
        """The list without the filter that changes; its last filter becomes the first alternative."""
        data = build_query_without_part(
            self.listing.data,
            build_query_dict({name: self.listing.data.getlist(name) for name in PAGE_PARAMETERS}),
        )
        data = build_query_without_part(data, self.was)
        if self.new_alternative and not has_alternatives(data):
            for chip in self.listing.filters.build_chips()[-1:]:
                data = build_query_with_part(
                    build_query_without_part(data, chip.own), build_alternative(chip.own)
                )
        return data

    def _with_choices(self, part: QueryDict) -> QueryDict:
        """If the same choice is an alternative already, its values too: Romania or Germany."""
        filters, rest = self.listing.kind.filters.base_filters, self.other_filters
        found = part.copy()
        for name in part:
            item = filters.get(name.removeprefix(ALTERNATIVE_PREFIX))
            if isinstance(item, AnyOf) and not {f"{name}{NEGATION_SUFFIX}"} & {*part, *rest}:
                found.setlist(name, list(dict.fromkeys([*rest.getlist(name), *part.getlist(name)])))
        return found

    def build_query_with_filter(self, part: QueryDict) -> str:
        """The query of the list with this filter."""
        found = build_query_with_part(
            self.other_filters, self._with_choices(build_alternative(part)) if self.either else part
        )
        if self.view:
            found["view"] = self.view
        return found.urlencode() or "all=1"
