"""Search or jump: the palette. A number goes straight to the record, words give the first few of each kind that match."""

from django.http import QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.records.kinds import Kind, seen_by
from crm.records.listing import Listing, drawn
from crm.web.screens import answer

FIRST = 8


@require_safe
def jump(request):
    text = request.GET.get("q", "").strip()
    kinds = seen_by(request.user)
    if not request.htmx and (address := address_of_number(kinds, text, request.user)):
        return redirect(address)
    found = [(kind, first_few(kind, text, request.user)) for kind in kinds] if text else []
    context = {
        "text": text,
        "found": [(kind, records) for kind, records in found if records],
        "addable": [kind for kind in kinds if request.user.has_perm(kind.right("add"))],
    }
    return answer(request, "records/jump.html", context, fragments={"palette-found": "records/_found.html"})


def address_of_number(kinds: list[Kind], text: str, user) -> str:
    """The page of the record with this number, of the first kind that has one which the user sees."""
    for kind in kinds:
        if (number := kind.search.number(text)) and kind.model.objects.filter(pk=number).visible_to(
            user
        ).exists():
            return kind.url("record", number)
    return ""


def first_few(kind: Kind, text: str, user) -> list:
    data = QueryDict(mutable=True)
    data["q"] = text
    return drawn(kind, Listing(kind, data, user).page(FIRST).ids)
