"""Pages of signed-in users stay out of the browser's cache, and addresses that only accept POST say so."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm.platform.web.views.errors import render_post_only


class PrivatePagesMiddleware:
    """The browser caches no page of a signed-in user, so the Back button shows nothing after they sign out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == 405 and not response.content:
            page = render_post_only(request, response["Allow"])
            # If the view has already logged it, it isn't logged again.
            page._has_been_logged = getattr(response, "_has_been_logged", False)
            return page
        return response
