"""The front page of the settings: all pages that the user may open, and a search by what people call them."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.navigation import build_settings_groups, find_settings
from crm.platform.web.responses import render_response


@require_safe
def settings(request):
    groups = build_settings_groups(request)
    pages = [tab for group in groups for tab in group.tabs]
    if len(pages) == 1:
        return redirect(pages[0].path)
    text = request.GET.get("q", "").strip()
    context = {"q": text, "has_pages": bool(pages), "found": find_settings(groups, text)}
    fragments = {"settings-found": "accounts/_settings_found.html"}
    return render_response(request, "accounts/settings.html", context, fragments=fragments)
