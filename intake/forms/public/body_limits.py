"""How large a form from a visitor may be: texts, and a file only if the form asks for one."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crm.platform.files.limits import MAX_FILES, get_max_bytes
from crm.platform.web.middleware.request_body import Public
from crm.platform.web.middleware.request_language import get_request_language
from crm.platform.web.views import errors
from intake.forms.public.embedding_policy import render_problem_page
from intake.forms.questions import FILES as FILES_QUESTION
from intake.models import WebForm

# The longest texts of a form, as browsers encode them.
TEXTS = 300_000
TOO_LARGE = _("Nothing was sent. Shorten your texts or choose smaller files, then try again.")


def get_body_limit(request: HttpRequest) -> int:
    """Bytes for a form at this address."""
    form = _find_form(request)
    asks = form is not None and any(each["field"] == FILES_QUESTION for each in form.questions)
    return TEXTS + MAX_FILES * get_max_bytes() if asks else TEXTS


def build_too_large_response(request: HttpRequest) -> HttpResponse:
    if form := _find_form(request):
        return render_problem_page(form, TOO_LARGE, 413)
    with translation.override(get_request_language(request)):
        return errors.render_too_large(request, str(TOO_LARGE))


def _find_form(request: HttpRequest) -> WebForm | None:
    slug = request.path_info.removeprefix("/forms/").partition("/")[0]
    return WebForm.get_published(slug.replace("\0", ""))


OF_FORMS = Public("/forms/", TEXTS, get_body_limit, build_too_large_response)
