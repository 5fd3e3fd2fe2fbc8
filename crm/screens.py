"""How a screen answers: with the whole page or, to htmx, with the fragment that it asked for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def answer(
    request,
    page: str,
    context: dict,
    *,
    fragments: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `page`, or the template of `fragments` that stands under the id that htmx wants to fill."""
    template = page
    target = request.htmx.target if getattr(request, "htmx", None) else None
    if target and fragments:
        template = fragments.get(target, page)
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    response.setdefault("Cache-Control", "no-store")
    return response


class ExpiredSessionMiddleware:
    """htmx would put the sign-in page into a table cell: it is sent to the page itself instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request) -> HttpResponse:
        response = self.get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if (
            getattr(request, "htmx", False)
            and response.status_code == 302
            and response["Location"].startswith(login)
        ):
            here = request.htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(f"{login}?next={here}")
        return response
