"""Marks the only pages that anyone may open, other sites may show in a frame, and other sites may post to."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from intake.models import WebForm


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page of a published form, in the form's language. Such a page reads no session, so a forged request can't do
    more than its sender can."""

    @login_not_required
    @csrf_exempt
    @xframe_options_exempt
    @wraps(view)
    def shown(request: HttpRequest, slug: str, *arguments, **keywords) -> HttpResponse:
        form = WebForm.objects.published().at(slug).with_names().select_related("status__pipeline").first()
        if form is None:
            raise Http404
        with translation.override(form.language):
            response = view(request, form, *arguments, **keywords)
        # Browsers also check where the answer to a form redirects to.
        after = urlsplit(form.redirect)
        targets = ["'self'", f"{after.scheme}://{after.netloc}"] if form.redirect else ["'self'"]
        response._csp_replace = {"frame-ancestors": ["*"], "form-action": targets}  # type: ignore[attr-defined]
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return shown
