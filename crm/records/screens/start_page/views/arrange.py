"""Arrange Today: the order of the parts of the start page, and which of them are hidden."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.platform.record_types import get_viewable_types
from crm.platform.web.start_page import arrangement


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request):
    if not get_viewable_types(request.user):
        return redirect("profile")
    if request.method == "POST":
        name, act = request.POST.get("part", ""), request.POST.get("act", "")
        if arrangement.arrange_part(request.user, name, act) is None:
            messages.info(request, _("Nothing was changed."))
        return redirect("arrange")
    shown, hidden = arrangement.get_shown_and_hidden_parts(request.user)
    return render(request, "start/arrange.html", {"shown": shown, "hidden": hidden})
