"""--filter: one filter of a list, or all filters of the address of a page."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from leadwell.failures import Exit, Failure
from leadwell.kinds import Kind
from leadwell.reference_names import ReferenceNames, resolve_filter

# In the address of a page, but no filters.
OF_PAGES = frozenset({"page", "after", "before", "columns", "layout", "size"})


def parse_filter(text: str) -> list[tuple[str, str]]:
    """[(name, value)] of name=value, of ?a=1&b=2, or of the address of a page. Raises Failure for anything else."""
    if text.startswith(("http://", "https://", "?")):
        query = text[1:] if text.startswith("?") else urlsplit(text).query
        found = [
            pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in OF_PAGES and pair[1]
        ]
        if not found:
            raise Failure(Exit.USAGE, f"There is no filter in {text!r}.")
        return found
    name, sign, value = text.partition("=")
    name = name.strip()
    if not name or not sign:
        raise Failure(Exit.USAGE, f"{text!r} isn't a filter. Write it like status=New.")
    if not value.strip():
        # An empty variable in "owner=$OWNER" must not mean the records of everyone.
        raise Failure(Exit.USAGE, f"The filter {name} has no value.")
    return [(name, value.strip())]


def build_parameters(
    kind: Kind, names: ReferenceNames, filters: list[str], search: str = "", view: str = "", sort: str = ""
) -> list[tuple[str, str]]:
    """The query parameters for what someone typed, with ids for names."""
    found = [pair for text in filters for pair in parse_filter(text)]
    parameters = [pair for name, value in found for pair in resolve_filter(kind, names, name, value)]
    if search:
        parameters.append(("q", search))
    if view:
        parameters.append(("view", str(find_view(kind, names, view))))
    if sort:
        parameters.append(("sort", sort))
    return parameters


def build_bulk_filter(parameters: list[tuple[str, str]]) -> str:
    return urlencode(parameters)


def find_view(kind: Kind, names: ReferenceNames, view: str) -> int:
    """The id of a saved view by its id or name. Raises Failure."""
    if view.isdecimal():
        return int(view)
    views = names.connection.get("saved-views", {"of": kind.one}).get("saved_views", [])
    ids = [row["id"] for row in views if str(row["name"]).casefold() == view.casefold()]
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise Failure(
            Exit.REFUSED,
            f"Several views are called {view!r}. Give the ID of one: {', '.join(map(str, ids))}.",
        )
    there = ", ".join(str(row["name"]) for row in views) or "there are none"
    raise Failure(Exit.NOT_FOUND, f"There is no saved view {view!r} of {kind.many}: {there}.")
