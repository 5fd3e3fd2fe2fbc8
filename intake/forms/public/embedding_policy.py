"""Marks the only pages that anyone may open, other sites may show in a frame, and other sites may post to."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol
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


class PublicPage(Protocol):
    """A web form, or something else with a page for anyone at this path."""

    @property
    def path(self) -> str: ...


PageView = Callable[..., HttpResponse]


def build_public_page(
    find: Callable[[str], Any], get_form: Callable[[Any], WebForm] = lambda found: found
) -> Callable[[PageView], PageView]:
    """The decorator of the pages of what `find` finds at a slug, in the language and the frame of its form. Such a page reads no
    session, so a forged request can't do more than its sender can."""

    def build_page(view: PageView) -> PageView:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def wrapped_view(request: HttpRequest, slug: str, *arguments, **keywords) -> HttpResponse:
            found = find(slug)
            if found is None:
                raise Http404
            form = get_form(found)
            try:
                with translation.override(form.language):
                    return allow_framing(view(request, found, *arguments, **keywords), form)
            except (Busy, *OPERATIONAL) as error:
                if not is_locked(error):
                    raise
                transaction.set_rollback(True)
                return render_problem_page(form, BUSY, 409, at=found)

        return wrapped_view

    return build_page


public_page = build_public_page(lambda slug: WebForm.get_published(slug))


def render_problem_page(
    form: WebForm, problem: Any, status: int, *, at: PublicPage | None = None
) -> HttpResponse:
    """Why nothing was sent, in the language and the colors of the form. It is drawn without the database, whose transaction
    may have failed."""
    with translation.override(form.language):
        context = {"web_form": form, "problem": problem, "page": at or form}
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
