"""The way back to a list: a page that was opened from a list has the list in its URL, with filters, search, sort and page."""

from collections.abc import Collection
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, QueryDict

from crm.platform.web.responses import get_previous_path
from crm.records.kinds.kind_registry import Kind, get_viewable_kinds

PARAMETER = "back"
# The web server takes lines of 4,094 characters. The way back to a list with a longer URL is left out.
MOST = 3_000


def read_list_url(text: str, lists: Collection[str]) -> str:
    """The URL in this text if it is that of one of these lists, otherwise ''. So no link leads to another site."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.path not in lists:
        return ""
    return urlunsplit(("", "", parts.path, parts.query, ""))


def add_way_back(url: str, back: str) -> str:
    """The URL of a page with the list that it leads back to, if there is one and the URL isn't too long with it. Added to '', it is the
    end of such a URL."""
    added = urlencode({PARAMETER: back}) if back else ""
    if not added or len(added) > MOST:
        return url
    return f"{url}{'&' if '?' in url else '?'}{added}"


def add_list(url: str, back: str) -> str:
    """The URL of a record's page with the list that it is a part of."""
    query = urlsplit(back).query
    return f"{url}?{urlencode({'list': query})}" if query else url


def build_list_url(kind: Kind, data: QueryDict, *, in_trash: bool) -> str:
    """The URL of the list that has these parameters."""
    data = data.copy()
    data.pop("bin", None)
    return f"{kind.get_url('trash' if in_trash else 'list')}?{data.urlencode() or 'all=1'}"


def get_way_back(request: HttpRequest) -> str:
    """The list that this page was opened from; '' if its URL names none that the user may open."""
    return read_list_url(request.GET.get(PARAMETER, ""), _get_lists(request.user))


def get_way_back_or_previous(request: HttpRequest) -> str:
    """The same, or the list on which a button was pressed."""
    return get_way_back(request) or read_list_url(get_previous_path(request), _get_lists(request.user))


def _get_lists(user) -> set[str]:
    return {kind.get_url(name) for kind in get_viewable_kinds(user) for name in ("list", "trash")}
