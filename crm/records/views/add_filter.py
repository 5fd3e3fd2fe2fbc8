"""Adding one filter: first the field, then the operator and the value. It leads back to the list, with both in the URL."""

from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.records.condition_form import ConditionForm
from crm.records.conditions import fields_to_filter
from crm.records.kinds import Kind
from crm.records.listing import Listing
from crm.records.views.of_kind import of_kind
from crm.web.screens import answer


@of_kind()
@require_safe
def add_filter(request, kind: Kind):
    listing = Listing(kind, request.GET, request.user)
    context = {
        "kind": kind,
        "listing": listing,
        "fields": fields_to_filter(kind, request.user),
        "view": request.GET.get("view", ""),
    }
    return answer(
        request, "records/add_filter.html", context, fragments={"dialog": "records/_add_filter.html"}
    )


@of_kind()
@require_safe
def filter_by(request, kind: Kind, field: str):
    """One filter with its operator and value; `query` is the list that it is added to."""
    listing = Listing(kind, QueryDict(request.GET.get("query", "")), request.user)
    nothing = kind.model.objects.none()
    questions = kind.filters(listing.data, nothing, user=request.user, asked=[field]).questions()
    if not questions and field not in kind.fields.CONDITIONS:
        raise Http404
    data = request.GET if "operator" in request.GET else None
    form = None if questions else ConditionForm(listing, field, data)
    if form and form.is_bound and form.is_valid():
        return redirect(f"{kind.url('list')}?{form.list_query(request.GET.get('view', ''))}")
    context = {
        "kind": kind,
        "listing": listing,
        "field": field,
        "form": form,
        "question": questions and questions[0],
    }
    context |= {
        "label": form.label if form else questions[0]["field"].label,
        "view": request.GET.get("view", ""),
    }
    return answer(request, "records/filter_by.html", context, fragments={"dialog": "records/_filter_by.html"})
