"""The front page of the settings: all pages that the user may open, and a search by what people call them."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.company.demo_removal import is_demo_there
from accounts.navigation import build_settings_groups, find_settings
from crm.platform.web.responses import render_response
from crm.platform.web.start_page.setup_steps import RIGHT


@require_safe
def settings(request):
    groups = build_settings_groups(request)
    pages = [tab for group in groups for tab in group.tabs]
    if len(pages) == 1:
        return redirect(pages[0].path)
    text = request.GET.get("q", "").strip()
    context = {"q": text, "has_pages": bool(pages), "found": find_settings(groups, text)}
    context["offers_demo_removal"] = request.user.has_perm(RIGHT) and is_demo_there()
    fragments = {"settings-found": "accounts/_settings_found.html"}
    return render_response(request, "accounts/settings.html", context, fragments=fragments)
