"""A page whose form has days in its URL: a word such as "today" becomes the day that it means now, so that the link stays what it was."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crm.platform.web.rendering.day_input import replace_day_words

View = Callable[..., HttpResponse]


def with_days_for_words(*names: str) -> Callable[[View], View]:
    """`names` are the parameters of days. The page looks back: "Friday" is the last one."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped_view(request: HttpRequest, *arguments, **keywords) -> HttpResponse:
            data = replace_day_words(request.GET, names, looks_back=True)
            if data == request.GET:
                return view(request, *arguments, **keywords)
            address = f"{request.path}?{data.urlencode()}"
            if not getattr(request, "htmx", None):
                return redirect(address)
            # A part of the page is replaced while the next field may be typed in: only its address changes.
            request.GET = data  # type: ignore[assignment]
            response = view(request, *arguments, **keywords)
            response["HX-Push-Url"] = address
            return response

        return wrapped_view

    return decorate
