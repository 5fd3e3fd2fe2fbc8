"""Error pages: not found, not allowed, busy, too slow, form expired, server error.

These pages don't depend on middleware, because a request may fail before any of it has run.
"""

import re
import sys
from contextlib import nullcontext

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import Job
from crm.platform.files import store_unavailable
from crm.platform.web.middleware.request_language import get_request_language
from crm.platform.web.responses import get_previous_path
from crm.platform.web.transactions import SAFE_METHODS, is_database_away

# Fields that aren't shown again, because they are secret or no one typed them, and limits of what is.
NOT_SHOWN = re.compile(
    r"password|csrf|token|secret|drawn|version|^(asked|conditions|draft|list|next|of|query|seen|started|submission_key|type)$"
)
LONGEST_TEXT, MOST_TEXTS = 20_000, 60
# Seconds after which a request may be sent again when the database couldn't be reached.
AGAIN_AFTER = 5


class NotAllowed(PermissionDenied):
    """A permission isn't what is missing: the page says what is, in a heading and a text."""

    def __init__(self, heading: str, text: str) -> None:
        super().__init__(text)
        self.heading, self.text = heading, text


class MovedAway(Http404):
    """What the address was about is somewhere else now, and the page says where: `heading` and `text` are what its page says."""

    heading: str
    text: str


def _render_error_page(
    request: HttpRequest, status: int, heading, text, again: str = "", typed=()
) -> HttpResponse:
    """`again` is the URL of the page to reload, and `typed` the texts of a form that wasn't saved."""
    fragment = bool(getattr(request, "htmx", None))
    template = "errors/_error.html" if fragment else "errors/error.html"
    with _use_language(request):
        return render(
            request,
            template,
            {"heading": heading, "text": text, "again": again, "typed": typed},
            status=status,
        )


def _use_language(request: HttpRequest):
    """The user's, or if the user isn't known yet, the browser's."""
    if hasattr(request, "LANGUAGE_CODE"):
        return nullcontext()
    return translation.override(get_request_language(request))


def bad_request(request, exception=None):
    return _render_error_page(
        request, 400, gettext_lazy("Invalid request"), gettext_lazy("Go back and try again.")
    )


def not_allowed(request, exception=None):
    if isinstance(exception, NotAllowed):
        return _render_error_page(request, 403, exception.heading, exception.text)
    return _render_error_page(
        request,
        403,
        gettext_lazy("You don’t have permission to do this"),
        gettext_lazy("Your role doesn’t include this permission. An administrator can change your role."),
    )


def not_found(request, exception=None):
    if isinstance(exception, MovedAway):
        return _render_error_page(
            request, 404, exception.heading, exception.text, typed=get_typed_texts(request)
        )
    return _render_error_page(
        request,
        404,
        gettext_lazy("Page not found"),
        gettext_lazy("This page doesn’t exist, or you don’t have access to it."),
    )


def render_post_only(request, allowed: str):
    """A URL that only accepts POST, opened as a page: by a reload, or after signing in again."""
    answer = _render_error_page(
        request,
        405,
        gettext_lazy("This address can’t be opened"),
        gettext_lazy("It only works when you press a button in Leadwell. Go back and use the button."),
    )
    answer["Allow"] = allowed
    return answer


def form_expired(request, reason=""):
    """The user has signed in again since the page was opened, maybe as another user."""
    return _render_error_page(
        request,
        403,
        gettext_lazy("This form has expired"),
        gettext_lazy("Nothing was changed. Open the page again and repeat the last step."),
        again=get_previous_path(request),
        typed=get_typed_texts(request),
    )


def get_typed_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """What the user typed into a form of our own, to be copied from the page that says it wasn't saved."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return []
    found = []
    for name, values in request.POST.lists():
        text = " ".join(values).strip()
        if text and not NOT_SHOWN.search(name) and not text.isdecimal():
            found.append((name.replace("_", " "), text[:LONGEST_TEXT]))
    return found[:MOST_TEXTS]


def render_busy(request):
    """The rows are locked. A colleague's running job is named; anything else is over in a moment."""
    people = get_user_model()._default_manager
    user = getattr(request, "user", None)
    colleagues = people.visible_to(user) if user and user.is_authenticated else people.none()
    running = Job.objects.running().of_people(colleagues)
    if job := running.newest_first().select_related("user").first():
        text = _(
            "A job started by %(name)s is changing these records, so your changes weren’t "
            "saved. Try again in a moment."
        ) % {"name": job.user}
    else:
        text = _(
            "Another user is changing these records right now, so your changes weren’t "
            "saved. Try again in a moment."
        )
    return _render_error_page(request, 409, _("Records in use"), text)


def render_value_taken(request, text: str):
    """A value is taken that the form didn't know of, so it can't be said at its field."""
    return _render_error_page(request, 409, _("Value already in use"), text, typed=get_typed_texts(request))


def render_no_disk_space(request):
    text = _("The server is out of disk space, so your changes weren’t saved. Tell your administrator.")
    return _render_error_page(request, 503, _("No disk space left"), text)


def render_store_away(request):
    return _render_error_page(
        request,
        503,
        _("The file store can’t be reached"),
        store_unavailable.get_store_away_sentence(),
        typed=get_typed_texts(request),
    )


def render_too_slow(request):
    return _render_error_page(
        request,
        503,
        _("The request took too long"),
        _("Nothing was changed. Add a filter to narrow down the records, then try again."),
    )


def render_still_counting(request):
    text = _("Leadwell is counting them without you waiting. Load the page again in a minute.")
    return _render_error_page(request, 503, _("These numbers take long to count"), text)


def render_sent_too_slowly(request):
    return _render_error_page(
        request,
        408,
        _("The form took too long to arrive"),
        _("Nothing was changed. Check your connection, then try again."),
    )


def render_too_large(request, text: str = ""):
    text = text or _("Nothing was changed. Sign in, then try again.")
    return _render_error_page(request, 413, _("The form is too large"), text)


def render_too_many_entries(request):
    """A form with more inputs than any of ours has."""
    return render_too_large(request, _("Nothing was changed. Send fewer entries at once."))


def server_error(request):
    """Our own error, or a database that can't be reached; rendered without the database."""
    if is_database_away(sys.exception(), request.method):
        return _render_database_away(request)
    text = gettext_lazy("Something went wrong on our side. Your changes weren’t saved. Try again.")
    return _render_bare_page(request, 500, gettext_lazy("Server error"), text)


def _render_database_away(request):
    """The answer to a commit may be what was lost, so no one can say whether a form was saved."""
    text = gettext_lazy("Try again in a few seconds.")
    if request.method not in SAFE_METHODS:
        text = gettext_lazy(
            "Wait a few seconds, then check whether your changes were saved before you try again."
        )
    response = _render_bare_page(request, 503, gettext_lazy("The database can’t be reached"), text)
    response["Retry-After"] = AGAIN_AFTER
    return response


def _render_bare_page(request, status: int, heading, text) -> HttpResponse:
    with _use_language(request):
        return HttpResponse(
            render_to_string("errors/500.html", {"heading": heading, "text": text}), status=status
        )
