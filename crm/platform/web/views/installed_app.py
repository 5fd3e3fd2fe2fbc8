"""Leadwell as an installed app: its manifest, the script that works without a connection, and the page it shows then.

No page with data is ever stored on the device.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from crm.platform.configuration.company import get_company_name

ICONS = [("icon.svg", "image/svg+xml", "any"), ("icon-512.png", "image/png", "512x512")]
# The colors of the brand in static/css/tokens.css, which a manifest can't refer to.
PAPER, BRAND = "#fdfdfc", "#2f5fc4"


@login_not_required
@transaction.non_atomic_requests
@cache_control(max_age=3600)
@require_safe
def manifest(request):
    icons = [
        {"src": static(name), "type": kind, "sizes": sizes, "purpose": "any"} for name, kind, sizes in ICONS
    ]
    values = {
        "id": "/",
        "name": get_company_name(),
        "short_name": get_company_name(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BRAND,
        "icons": icons,
        "shortcuts": [
            {"name": _("Tasks"), "url": "/admin/tasks"},
            {"name": _("Leads"), "url": "/admin/leads"},
        ],
    }
    return JsonResponse(values, content_type="application/manifest+json")


@login_not_required
@transaction.non_atomic_requests
@cache_control(no_cache=True)
@require_safe
def service_worker(request):
    """At the root, because a script controls only pages below its own address."""
    return render(request, "service-worker.js", content_type="text/javascript; charset=utf-8")


@login_not_required
@transaction.non_atomic_requests
@require_safe
def offline(request):
    return render(request, "offline.html")
