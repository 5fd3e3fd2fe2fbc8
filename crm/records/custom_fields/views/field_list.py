"""The fields of a record type: their list and order, adding and editing a custom one."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.fields.schemas import SCHEMAS, Schema
from crm.models import CustomField
from crm.platform.web.responses import render_response
from crm.records.custom_fields.field_list import (
    AUTOMATIC,
    FieldSection,
    build_field_sections,
    fill_in_field_usage,
    filter_sections_by_label,
)
from crm.records.custom_fields.forms.definition import CustomFieldForm
from crm.records.custom_fields.sections import write_field_move
from crm.records.custom_fields.tables import FieldTable
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    show_change_message,
)

RIGHTS = ("add", "change", "delete")


@permission_required("crm.view_customfield", raise_exception=True)
@require_safe
def fields(request, kind: str):
    found, words = SCHEMAS[kind], request.GET.get("q", "").strip()
    rights = {right for right in RIGHTS if request.user.has_perm(CustomField.get_right(right))}
    sections = build_field_sections(found, CustomField.objects.present_of_table(kind).in_order())
    if words:
        sections = filter_sections_by_label(sections, words)
    total = fill_in_field_usage(found, sections, request.user)
    context = {"kind": found, "rights": rights, "words": words}
    context["sections"] = [
        (
            section,
            FieldTable(
                section.fields, total=total, rights=rights, columns_shown=get_columns(section, rights, words)
            ),
        )
        for section in sections
        if section.fields
    ]
    return render_response(request, "custom/fields.html", context)


def get_columns(section: FieldSection, rights: set[str], words: str) -> list[str]:
    """Moving a field past others that a search leaves out would look like nothing happened."""
    movable = "change" in rights and section.name != AUTOMATIC and not words
    return [*(["order"] if movable else []), "name", "type", "filled", "used", "delete"]


@permission_required("crm.add_customfield", raise_exception=True)
@one_at_a_time
def field_new(request, kind: str):
    form = CustomFieldForm(get_posted_data(request), kind=SCHEMAS[kind], user=request.user)
    return save_or_show_form(request, form)


@permission_required("crm.change_customfield", raise_exception=True)
@one_at_a_time
def field_edit(request, kind: str, pk: int):
    row = get_object_or_404(CustomField.objects.present_of_table(kind), pk=pk)
    return save_or_show_form(
        request,
        CustomFieldForm(get_posted_data(request), instance=row, kind=SCHEMAS[kind], user=request.user),
    )


@permission_required("crm.change_customfield", raise_exception=True)
@require_POST
@one_at_a_time
def field_order(request, kind: str):
    """Move a built-in or custom field one step up or down, also into the next section."""
    found = SCHEMAS[kind]
    direction = "up" if "up" in request.POST else "down"
    name = request.POST.get(direction, "")
    if name not in get_placed_names(found):
        raise Http404
    record = write_field_move(found, name, direction, by=request.user)
    show_change_message(request, record, _("Fields reordered."))
    return redirect(found.get_url("fields"))


def get_placed_names(kind: Schema) -> list[str]:
    """The fields that have a place."""
    return [*kind.fields.FORM_FIELDS, *(row.key for row in CustomField.objects.present_of_table(kind.name))]


def save_or_show_form(request, form: CustomFieldForm):
    if "preview" in request.POST:
        form.is_valid()
        fragments = {"formula-preview": "custom/_preview.html"}
        context = {"kind": form.kind, "form": form, "previewing": True}
        status = 422 if "formula" in form.errors else 200
        return render_response(request, "custom/field_form.html", context, fragments=fragments, status=status)
    if form.is_bound and form.is_valid():
        saved = _("Saved the field %(name)s.") % {"name": form.instance.label}
        show_change_message(request, form.write(request.user), f"{saved} {form.remark}".strip())
        return redirect(form.kind.get_url("fields"))
    return render_response(
        request, "custom/field_form.html", {"kind": form.kind, "form": form}, status=form.status_code
    )
