"""How large a form from a visitor may be: texts, and a file only if the form asks for one."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from crm.files.limits import FILES, most_bytes
from crm.web.bodies import Public
from crm.web.views import errors
from intake.forms.questions import FILES as FILES_QUESTION
from intake.models import WebForm

# The longest texts of a form, as browsers encode them.
TEXTS = 300_000


def most_of(request: HttpRequest) -> int:
    """Bytes for a form at this address."""
    slug = request.path_info.removeprefix("/forms/").partition("/")[0]
    form = WebForm.objects.published().at(slug).first()
    asks = form is not None and any(each["field"] == FILES_QUESTION for each in form.questions)
    return TEXTS + FILES * most_bytes() if asks else TEXTS


def too_large(request: HttpRequest) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        text = _("Nothing was sent. Shorten your texts or choose smaller files, then try again.")
        return errors.too_large(request, text)


OF_FORMS = Public("/forms/", most_of, too_large)
