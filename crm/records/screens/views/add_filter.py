"""Adding one filter: first the field, then the operator and the value. It leads back to the list, with both in the URL."""

from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.fields.conditions.field_filters import get_filter_parameters
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.condition_costs import get_choices_warning, get_cost_warning
from crm.records.listing.condition_form import ConditionForm
from crm.records.listing.filter_alternatives import build_query_dict
from crm.records.listing.filter_urls import FilterPlace, build_view_parameter, get_return_page
from crm.records.listing.offered_filters import get_filterable_fields
from crm.records.listing.record_list import RecordList
from crm.records.screens.filter_offers import (
    find_offered_values,
    get_field_groups,
    is_field_named,
    sort_used_first,
)
from crm.records.screens.views.kind_access import kind_view

FRAGMENTS = {
    "dialog": "records/_add_filter.html",
    "filter-panel": "records/_filter_panel.html",
    "filter-offers": "records/_filter_offers.html",
}
VALUE_FRAGMENTS = {
    "dialog": "records/_filter_by.html",
    "values": "records/_values.html",
    "filter-values": "records/_filter_values.html",
}


@kind_view()
@require_safe
def add_filter(request, kind: Kind):
    listing = RecordList(kind, request.GET, request.user)
    chips, text = listing.filters.build_chips(), request.GET.get("text", "").strip()
    fields = get_filterable_fields(kind, request.user)
    context = {
        "kind": kind,
        "listing": listing,
        "text": text,
        "groups": (groups := get_field_groups(kind, request.user, fields, text)),
        "values": (values := find_offered_values(listing, fields, text, request.GET)),
        "fields_first": is_field_named(groups, values, text),
        "first": chips[0].field if chips else fields[0][0],
        "active": {chip.field for chip in chips},
        "in_view": build_view_parameter(request.GET.get("view"), request.GET.get("on")),
        "shown_on": get_return_page(kind, request.GET),
        "either": "any" in request.GET and bool(chips),
        "chips": chips,
        "beside": [chip for chip in chips if chip.either] or chips[-1:],
    }
    return render_response(request, "records/add_filter.html", context, fragments=FRAGMENTS)


@kind_view()
@require_safe
def filter_by(request, kind: Kind, field: str):
    """One filter with its operator and value; `query` is the list that it is added to."""
    listing = RecordList(kind, QueryDict(request.GET.get("query", "")), request.user)
    place = FilterPlace(listing, field, request.GET)
    data = kind.filters.read_sent_periods(request.GET, place.now)
    if stays := "find" in request.GET or bool(kind.filters.find_day_errors(data)):
        place.now = build_sent_query(field, data)
    questions = get_questions(listing, field, place, request.GET.get("text", ""))
    if not questions and field not in kind.get_listed_names("CONDITIONS", request.user):
        raise Http404
    typed = request.GET if "operator" in request.GET else None
    form = None if questions else ConditionForm(kind, field, typed, place.now, user=request.user)
    part = None if stays else get_sent_part(field, form, kind.filters.replace_day_words(data))
    if part is not None:
        return redirect(f"{kind.get_url(place.shown_on)}?{place.build_query_with_filter(part)}")
    context = {
        "kind": kind,
        "listing": listing,
        "field": field,
        "form": form,
        "cost": _describe_cost(kind, field, form, place),
        "question": questions and build_ordered_question(listing, questions[0]),
        "place": place,
        "label": form.label if form else questions[0]["field"].label,
    }
    return render_response(request, "records/filter_by.html", context, fragments=VALUE_FRAGMENTS)


def build_ordered_question(listing: RecordList, question: dict) -> dict:
    """The form of a filter whose values that are used come first."""
    if question["kind"] != "any" or question.get("many"):
        return question
    return question | {
        "choices": sort_used_first(listing, question["name"], question["choices"], question["chosen"])
    }


def get_sent_part(field: str, form: ConditionForm | None, data: QueryDict) -> QueryDict | None:
    """The filter that was sent, as a part of a URL; None if there is none, or if it isn't valid."""
    if form:
        return form.part if form.is_bound and form.is_valid() else None
    return build_chosen_query(field, data) if "chosen" in data else None


def _describe_cost(kind: Kind, field: str, form: ConditionForm | None, place: FilterPlace) -> str:
    if form is None:
        return get_choices_warning(kind, field, place)
    return get_cost_warning(kind, form.field, form.operators.values(), place)


def get_questions(listing: RecordList, field: str, place: FilterPlace, text: str) -> list[dict]:
    """The form of a filter for choices or periods; none for a condition. Some fields have both. Of many choices, it offers
    those with this text."""
    kind = listing.kind
    if field in kind.fields.CONDITIONS and (
        not place.now or any(OPERATOR_SEPARATOR in name for name in place.now)
    ):
        return []
    nothing = kind.model.objects.none()
    return kind.filters(place.now, nothing, user=listing.viewer, kind=kind, asked=[field]).build_questions(
        text
    )


def build_sent_query(field: str, data: QueryDict) -> QueryDict:
    return build_query_dict(
        {name: [value for value in data.getlist(name) if value] for name in get_filter_parameters(field)}
    )


def build_chosen_query(field: str, data: QueryDict) -> QueryDict:
    """What a form for choices or a period sent; nothing if no value was chosen."""
    return build_sent_query(field, data) if data.get(field) else build_query_dict({})
