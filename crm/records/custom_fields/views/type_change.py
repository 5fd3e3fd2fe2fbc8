"""Changing the type of a custom field: the new type with its options, a preview of all values, and the change."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.fields.custom.values.stored_values import count_filled_values
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.custom_fields.retype.forms import RetypeForm
from crm.records.custom_fields.retype.jobs import LARGE, get_finished_check, start_check, start_retype
from crm.records.custom_fields.retype.preview import build_preview_lines, find_broken_views
from crm.records.custom_fields.retype.type_change import (
    RetypeRefused,
    build_conversion,
    change_field_type,
    check_conversion,
)
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from crm.records.kinds.record_uses import get_uses


@permission_required("crm.change_customfield", raise_exception=True)
@one_at_a_time
def field_type(request, kind: str, pk: int):
    row = get_object_or_404(CustomField.objects.present_of_table(kind), pk=pk)
    job = get_finished_check(parse_number(request.GET.get("checked", "")), row, request.user)
    form = RetypeForm(
        request.POST or (job.arguments["form"] if job else request.GET), row=row, user=request.user
    )
    total = count_filled_values(row, everywhere=True)
    if request.method == "POST" and form.is_valid():
        if "check" in request.POST:
            return redirect("job", start_check(row, form, total).pk)
        if not form.outdated and total > LARGE:
            return redirect("job", start_retype(row, form, total).pk)
        if response := change_type(request, form):
            return response
    return render_type_page(request, form, total, job)


def change_type(request, form: RetypeForm):
    """The answer after the change; None if it is refused, and the form says why."""
    try:
        if form.outdated:
            raise RetypeRefused(form.outdated)
        record = change_field_type(form.row, form.build_wanted_type(), by=request.user)
    except RetypeRefused as refused:
        form.add_error(None, str(refused))
        return None
    show_change_message(request, record, _("Changed the type of %(name)s.") % {"name": form.row.label})
    return redirect(SCHEMAS[form.row.table_of].get_url("fields"))


def render_type_page(request, form: RetypeForm, total: int, job):
    """With the preview, once there is a type; many values are checked by a job."""
    row = form.row
    context = {"kind": SCHEMAS[row.table_of], "row": row, "form": form, "total": total}
    context["options"] = [field for field in form if field.name != "type" and not field.is_hidden]
    # An error of the form as a whole is a refused change: the values are shown as they are now.
    if form.is_bound and not set(form.errors).difference({"__all__"}):
        conversion = build_conversion(row, form.build_wanted_type(), request.user)
        findings = job.arguments["findings"] if job else None
        if findings is None and total <= LARGE:
            findings = check_conversion(conversion).as_json()
        if findings:
            found = build_preview_lines(conversion, findings, request.user)
            tables = ((_("Reason"), found["failures"]), (_("New value"), found["examples"]))
            context |= {**found, "tables": [(heading, rows) for heading, rows in tables if rows]}
        context |= {"ready": True, "checked": findings is not None}
        context["views"], context["other_views"] = find_broken_views(conversion, request.user)
        context["others"] = get_uses(conversion, request.user)
        context["lost_default"] = row.first_value and not conversion.convert_default()
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render_response(
        request, "custom/field_type.html", context, status=status if request.method == "POST" else 200
    )
