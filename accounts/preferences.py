"""Activates the language and time zone of the user for each request, and keeps what the company has decided."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crm.platform.configuration.company import get_company_zone, keep_company_settings
from crm.platform.web.middleware.request_language import get_request_language
from crm.platform.web.program_addresses import IN_ENGLISH


class PreferencesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(IN_ENGLISH):
            with translation.override("en"):
                response = self.get_response(request)
            response.headers.setdefault("Content-Language", "en")
            return response
        user = request.user
        with keep_company_settings(user):
            language = user.language if user.is_authenticated else ""
            language = language or get_request_language(request)
            with translation.override(language):
                request.LANGUAGE_CODE = language
                timezone.activate(user.zone if user.is_authenticated else get_company_zone())
                response = self.get_response(request)
                response.headers.setdefault("Content-Language", language)
                return response
