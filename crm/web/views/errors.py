"""What a screen says when it cannot: not found, not allowed, busy, too slow, form expired, our own fault.

These pages need nothing that a middleware leaves behind: a request may fail before any of them has run.
"""

from contextlib import nullcontext

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.api.problems import Problem
from crm.api.v2.view import OWN_PREFIX, problem_answer
from crm.models import Job
from crm.web.screens import page_before

# What a program reads at an address that there is not, in the shape of its dialect.
UNKNOWN = {
    "/api/": {"status": False, "error": "Unknown method"},
    "/v1/": {"result": "error", "message": "There is no such address."},
}


def _error(request: HttpRequest, status: int, heading, text, again: str = "") -> HttpResponse:
    """`again` is the address of the page to be opened anew."""
    fragment = bool(getattr(request, "htmx", None))
    template = "errors/_error.html" if fragment else "errors/error.html"
    with _language_of(request):
        return render(request, template, {"heading": heading, "text": text, "again": again}, status=status)


def _language_of(request: HttpRequest):
    """The user's, or where nobody has found out who that is, the browser's."""
    if hasattr(request, "LANGUAGE_CODE"):
        return nullcontext()
    return translation.override(translation.get_language_from_request(request))


def bad_request(request, exception=None):
    return _error(
        request, 400, gettext_lazy("This request makes no sense"), gettext_lazy("Go back and try again.")
    )


def not_allowed(request, exception=None):
    return _error(
        request,
        403,
        gettext_lazy("You may not do this"),
        gettext_lazy("Your role does not include it. An administrator can change that."),
    )


def not_found(request, exception=None):
    if f"{request.path}/".startswith(OWN_PREFIX):
        return problem_answer(Problem(404, "not_found", "API v2 has no call at this address."))
    for prefix, body in UNKNOWN.items():
        if request.path.startswith(prefix):
            return JsonResponse(body, status=404)
    return _error(
        request, 404, gettext_lazy("Not here"), gettext_lazy("It does not exist, or it is not yours to see.")
    )


def no_page(request, allowed: str):
    """An address that only does something, opened as a page: by a reload, or after signing in again."""
    answer = _error(
        request,
        405,
        gettext_lazy("There is no page here"),
        gettext_lazy("Something happens at this address when a button is pressed."),
    )
    answer["Allow"] = allowed
    return answer


def form_expired(request, reason=""):
    """The user has signed in again since the page was opened, maybe as somebody else."""
    return _error(
        request,
        403,
        gettext_lazy("This form has expired"),
        gettext_lazy("Open the page again and repeat the last step; nothing was changed."),
        again=page_before(request),
    )


def busy(request):
    """The rows are locked. The running job of a colleague is named; anything else is over in a moment."""
    people = get_user_model()._default_manager
    colleagues = people.visible_to(request.user) if request.user.is_authenticated else people.none()
    running = Job.objects.running().of_people(colleagues)
    if job := running.newest_first().select_related("user").first():
        text = _(
            "A job of %(name)s is changing these records. Try again in a moment; nothing was changed."
        ) % {"name": job.user}
    else:
        text = _("Somebody else is changing this right now. Try again in a moment; nothing was changed.")
    return _error(request, 409, _("Busy"), text)


def no_room(request):
    text = _("The disk of the server is full. Tell the people who run it; nothing was changed.")
    return _error(request, 503, _("No room left"), text)


def too_slow(request):
    return _error(
        request,
        503,
        _("This took too long"),
        _("Narrow it down with a filter and try again; nothing was changed."),
    )


def server_error(request):
    """Our own fault; drawn without the database, which may be what failed."""
    with _language_of(request):
        return HttpResponse(render_to_string("errors/500.html", {}), status=500)
