"""The choices of a custom field: their list, their order, and one choice with its label, color and retirement."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.fields.schemas import SCHEMAS
from crm.models import CustomField
from crm.platform.text.text_folding import fold_text
from crm.platform.web.responses import render_response
from crm.records.custom_fields.choice_changes import (
    change_choice,
    count_records_by_choice,
    delete_choice,
    get_choice,
    get_present_choices,
    merge_choices,
    move_choice,
    sort_choices,
    start_merge,
)
from crm.records.custom_fields.forms.choice import ChoiceForm, MergeForm
from crm.records.custom_fields.retype.jobs import LARGE
from crm.records.custom_fields.retype.type_change import RetypeRefused
from crm.records.editing.settings_change import one_at_a_time, show_change_message

A_PAGE = 50


def get_field_with_choices(kind: str, pk: int) -> CustomField:
    row = get_object_or_404(CustomField.objects.present_of_table(kind), pk=pk)
    if not row.has_choices:
        raise Http404
    return row


@permission_required("crm.change_customfield", raise_exception=True)
@one_at_a_time
def choices(request, kind: str, pk: int):
    """A page of choices, searched by label. POST changes their order."""
    row = get_field_with_choices(kind, pk)
    if request.method == "POST":
        return write_order(request, row)
    words = fold_text(request.GET.get("q", ""))
    every = get_present_choices(row)
    found = [choice for choice in every if words in fold_text(choice["name"])]
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    counts = count_records_by_choice(row, [choice["key"] for choice in page])
    context = {
        "kind": SCHEMAS[kind],
        "row": row,
        "q": request.GET.get("q", ""),
        "page": page,
        "choices": [{**choice, "records": counts.get(choice["key"], 0)} for choice in page],
        "first": every[0]["key"] if every else "",
        "last": every[-1]["key"] if every else "",
    }
    return render_response(request, "custom/choices.html", context)


def write_order(request, row: CustomField):
    direction = "up" if "up" in request.POST else "down"
    key = request.POST.get(direction, "")
    if "sort" in request.POST:
        record = sort_choices(row, by=request.user)
    elif get_choice(row, key):
        record = move_choice(row, key, direction, by=request.user)
    else:
        raise Http404
    show_change_message(request, record, _("Choices reordered."))
    page = request.POST.get("page", "")
    address = SCHEMAS[row.table_of].get_url("field_choices", row.pk)
    return redirect(f"{address}?page={page}" if page.isdecimal() else address)


@permission_required("crm.change_customfield", raise_exception=True)
@one_at_a_time
def choice(request, kind: str, pk: int, key: str):
    row = get_field_with_choices(kind, pk)
    found = get_choice(row, key)
    if found is None:
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else None
    form = ChoiceForm(request.POST if act == "save" else None, row=row, choice=found)
    merging = MergeForm(request.POST if act == "merge" else None, row=row, choice=found)
    count, refusal = count_records_by_choice(row, [key]).get(key, 0), ""
    try:
        if response := carry_out_act(request, act, form, merging, count):
            return response
    except RetypeRefused as refused:
        refusal = str(refused)
    context = {"kind": SCHEMAS[kind], "row": row, "choice": found, "form": form, "merging": merging}
    context |= {"count": count, "refusal": refusal}
    status = 409 if refusal or form.crossed else 422 if act else 200
    return render_response(request, "custom/choice.html", context, status=status)


def carry_out_act(request, act: str | None, form: ChoiceForm, merging: MergeForm, count: int):
    """The answer after one of the page's three changes; None if there is none, or with errors. Raises RetypeRefused."""
    row, key, name = form.row, form.choice["key"], {"name": form.choice["name"]}
    if act == "delete":
        record, words = delete_choice(row, key, by=request.user), _("Deleted the choice %(name)s.")
    elif act == "merge" and merging.is_valid():
        into = merging.cleaned_data["into"]
        if count > LARGE:
            return redirect("job", start_merge(row, key, into, request.user, count).pk)
        record, words = merge_choices(row, key, into, by=request.user), _("Merged the choice %(name)s.")
    elif act == "save" and form.is_valid():
        record, words = (
            change_choice(row, key, form.get_values(), by=request.user),
            _("Saved the choice %(name)s."),
        )
    else:
        return None
    show_change_message(request, record, words % name)
    return redirect(SCHEMAS[row.table_of].get_url("field_choices", row.pk))
