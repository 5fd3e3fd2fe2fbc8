"""Marks the only pages that anyone may open, other sites may show in a frame, and other sites may post to."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from crm.platform.web.transactions import OPERATIONAL, Busy, is_locked
from intake.models import WebForm

BUSY = _("Many forms are arriving right now, so nothing was sent. Try again in a moment.")


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page of a published form, in the form's language. Such a page reads no session, so a forged request can't do
    more than its sender can."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def wrapped_view(request: HttpRequest, slug: str, *arguments, **keywords) -> HttpResponse:
        form = WebForm.get_published(slug)
        if form is None:
            raise Http404
        try:
            with translation.override(form.language):
                return allow_framing(view(request, form, *arguments, **keywords), form)
        except (Busy, *OPERATIONAL) as error:
            if not is_locked(error):
                raise
            transaction.set_rollback(True)
            return render_problem_page(form, BUSY, 409)

    return wrapped_view


def render_problem_page(form: WebForm, problem: Any, status: int) -> HttpResponse:
    """Why nothing was sent, in the language and the colors of the form. It is drawn without the database, whose transaction
    may have failed."""
    with translation.override(form.language):
        context = {"web_form": form, "problem": problem}
        page = render_to_string("intake/forms/public/problem.html", context)
    response = HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
    return allow_framing(response, form)


def allow_framing(response: HttpResponse, form: WebForm) -> HttpResponse:
    # Browsers also check where the answer to a form redirects to.
    after = urlsplit(form.redirect)
    targets = ["'self'", f"{after.scheme}://{after.netloc}"] if form.redirect else ["'self'"]
    response._csp_replace = {"frame-ancestors": ["*"], "form-action": targets}  # type: ignore[attr-defined]
    response.xframe_options_exempt = True
    response.headers["X-Robots-Tag"] = "noindex"
    return response
