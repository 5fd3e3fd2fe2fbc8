"""The decorator of the pages that visitors see, and how large their forms may be."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from bookings.form_obstacles import get_form_obstacle
from bookings.models import BookingPage
from crm.platform.web.middleware.request_body import Public
from crm.platform.web.middleware.request_language import get_request_language
from crm.platform.web.views import errors
from intake.forms.public.body_limits import TEXTS, TOO_LARGE
from intake.forms.public.embedding_policy import build_public_page, render_problem_page


def find_open_page(slug: str) -> BookingPage | None:
    """A published one whose web form can ask its questions."""
    found = BookingPage.get_published(slug)
    return found if found and not get_form_obstacle(found.form) else None


def find_any_page(slug: str) -> BookingPage | None:
    """Also one that is no longer open: what was booked through it can still be moved and canceled."""
    return BookingPage.objects.at(slug).with_form().first()


visitors_page = build_public_page(find_open_page, lambda page: page.form)
booked_page = build_public_page(find_any_page, lambda page: page.form)


def build_too_large_response(request: HttpRequest) -> HttpResponse:
    slug = request.path_info.removeprefix("/book/").partition("/")[0]
    if page := find_open_page(slug.replace("\0", "")):
        return render_problem_page(page.form, TOO_LARGE, 413, at=page)
    with translation.override(get_request_language(request)):
        return errors.render_too_large(request, str(TOO_LARGE))


OF_BOOKINGS = Public("/book/", TEXTS, lambda request: TEXTS, build_too_large_response)
