"""How a screen responds: with the whole page or, to htmx, with the requested fragment."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from crm.platform.web.transactions import SAFE_METHODS

REDIRECTS = (301, 302, 303)
# The parameter of a page's URL with the list that it leads back to. The web server takes lines of 4,094 characters: the way back to a
# list with a longer URL is left out.
BACK, LONGEST_BACK = "back", 3_000
# The name of a template, or several names, of which the first existing one is used.
Template = str | list[str]


def render_response(
    request,
    page: Template,
    context: dict,
    *,
    fragments: Mapping[str, Template] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `page`, or the template in `fragments` for the id that htmx wants to fill."""
    template: Any = page
    target = request.htmx.target if getattr(request, "htmx", None) else None
    if target and fragments:
        template = fragments.get(target, page)
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    response.setdefault("Cache-Control", "no-store")
    return response


class RedirectMiddleware:
    """A redirect opens a full page, even when htmx asked for a fragment, which would then contain the whole page.

    A signed-out user goes to the sign-in page and from there back to the page they were on. Submitted data is lost,
    and the sign-in page says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if response.status_code not in REDIRECTS:
            return response
        htmx = getattr(request, "htmx", None)
        if not response.get("Location", "").startswith(f"{login}?"):
            return _redirect_htmx(response, response["Location"]) if htmx else response
        sent = request.method not in SAFE_METHODS
        if htmx:
            return _redirect_htmx(response, sign_in_address(htmx.current_url_abs_path or "/", sent))
        return redirect(sign_in_address(get_previous_path(request), sent)) if sent else response


def _redirect_htmx(response: HttpResponse, address: str) -> HttpResponse:
    """The redirect in a header, with the cookies of the response: one of them has the messages for the next page."""
    redirected = HttpResponseClientRedirect(address)
    redirected.cookies = response.cookies
    return redirected


def encode_filled_parameters(data: QueryDict) -> str:
    """The URL parameters that are set: a form also sends every empty field."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def sign_in_address(back: str, sent: bool) -> str:
    """The sign-in page that leads back to `back` and, if data was submitted, says that it is lost."""
    query = {"next": back} | ({"lost": 1} if sent else {})
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode(query)}"


def add_way_back(url: str, back: str) -> str:
    """The URL of a page with the list that it leads back to, if there is one and the URL isn't too long with it. Added to '', it is the
    end of such a URL."""
    added = urlencode({BACK: back}) if back else ""
    if not added or len(added) > LONGEST_BACK:
        return url
    return append_query(url, added)


def append_query(url: str, query: str) -> str:
    """The URL with these parameters, which are encoded, after its own."""
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def get_previous_path(request: HttpRequest) -> str:
    """The path of our own page from which a form, or htmx, sent the request; or of the home page."""
    if getattr(request, "htmx", None):
        return request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
