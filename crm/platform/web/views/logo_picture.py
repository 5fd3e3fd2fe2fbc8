"""The picture of the company's logo, which the sign-in page shows too."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from crm.models import CompanyLogo

YEAR = 365 * 24 * 60 * 60


@login_not_required
@cache_control(max_age=YEAR, public=True, immutable=True)
@require_safe
def logo_picture(request, name):
    """Its name has its hash, so browsers ask once."""
    picture = get_object_or_404(CompanyLogo, name=name)
    return HttpResponse(picture.content, content_type="image/webp")
