"""Deleting a custom field with its values."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.field_visibility import get_dependent_fields
from crm.fields.custom.values.field_registry import get_custom_field, is_seen_by
from crm.fields.custom.values.stored_values import count_filled_values
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField
from crm.platform.web.responses import render_response
from crm.records.custom_fields.deletion import LARGE, delete_custom_field, queue_deletion
from crm.records.custom_fields.formula_input import get_retirement_obstacle
from crm.records.custom_fields.usage import count_filled_records, count_views_naming
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from crm.records.kinds.record_uses import get_uses


@permission_required("crm.delete_customfield", raise_exception=True)
@one_at_a_time
def field_delete(request, kind: str, pk: int):
    row = get_object_or_404(CustomField.objects.present_of_table(kind), pk=pk)
    kept, dependent = get_retirement_obstacle(row), get_dependent_fields(row)
    if request.method == "POST" and not (kept or dependent):
        if count_filled_values(row) > LARGE:
            return redirect("job", queue_deletion(row, request.user).pk)
        show_change_message(
            request,
            delete_custom_field(row, by=request.user),
            _("Deleted the field %(name)s.") % {"name": row.label},
        )
        return redirect(SCHEMAS[kind].get_url("fields"))
    found, user = SCHEMAS[kind], request.user
    context = {"kind": found, "row": row, "kept": kept, **count_filled_records(found, row, user)}
    context |= {
        "views": count_views_naming(row, user),
        "dependent": dependent,
        "sees_all": user.sees_everything,
    }
    context["others"] = get_uses(row, user)
    seen = is_seen_by(get_custom_field(kind, row.key), user)
    context["downloads"] = seen and user.has_perms([found.get_right("view"), found.get_right("export")])
    status = 200 if request.method != "POST" else 409 if kept else 422
    return render_response(request, "custom/field_delete.html", context, status=status)
