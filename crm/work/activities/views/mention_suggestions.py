"""The names that can follow an @ in a note, while it is typed."""

from django.http import JsonResponse
from django.views.decorators.http import require_safe

from crm.records.kinds.kind_registry import Kind
from crm.records.screens.views.kind_access import get_visible_record, kind_view
from crm.work.mentions import get_mention_suggestions


@kind_view("change")
@require_safe
def mention(request, kind: Kind, pk):
    record = get_visible_record(kind, request.user, pk)
    names = get_mention_suggestions(request.GET.get("q", "")[:100], request.user, record)
    return JsonResponse({"names": names})
