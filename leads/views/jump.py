"""Search or jump: the palette. A number goes straight to the lead, words give the first few that match."""

from django.contrib.auth.decorators import permission_required
from django.http import QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.screens import answer
from leads.listing import Listing, drawn
from leads.search import lead_number

FIRST = 8


@permission_required("leads.view_lead", raise_exception=True)
@require_safe
def jump(request):
    text = request.GET.get("q", "").strip()
    number = lead_number(text)
    if number and not request.htmx:
        return redirect("leads:lead", number)
    found = []
    if text:
        data = QueryDict(mutable=True)
        data["q"] = text
        found = drawn(Listing(data, request.user).page(FIRST).ids)
    context = {"text": text, "found": found}
    return answer(request, "leads/jump.html", context, fragments={"palette-found": "leads/_found.html"})
