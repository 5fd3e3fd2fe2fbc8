"""The language of a visitor whom we don't know: what they chose on the sign-in page, else their browser's, else the company's."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import trans_real

from crm.platform.configuration.company import get_company_language_or_product


def get_request_language(request: HttpRequest) -> str:
    """As Django's get_language_from_request(), which would end with the language of the server."""
    chosen = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    accepted = trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    for code in [*chosen, *(code for code, _quality in accepted)]:
        if code == "*":
            break
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return get_company_language_or_product()
