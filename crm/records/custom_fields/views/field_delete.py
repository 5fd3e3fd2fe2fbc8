"""Deleting a custom field with its values."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.field_visibility import depending_on
from crm.fields.custom.values.field_registry import field_named, is_seen_by
from crm.fields.custom.values.stored_values import filled
from crm.fields.schemas import SCHEMAS
from crm.models import CustomField
from crm.platform.web.responses import answer
from crm.records.custom_fields.deletion import LARGE, delete, queue
from crm.records.custom_fields.formula_input import why_kept
from crm.records.custom_fields.usage import filled_of, views_that_name
from crm.records.editing.settings_change import one_at_a_time, say
from crm.records.kinds.uses import uses_of


@permission_required("crm.delete_customfield", raise_exception=True)
@one_at_a_time
def field_delete(request, kind: str, pk: int):
    row = get_object_or_404(CustomField.objects.of(kind), pk=pk)
    kept, dependent = why_kept(row), depending_on(row)
    if request.method == "POST" and not (kept or dependent):
        if filled(row) > LARGE:
            return redirect("job", queue(row, request.user).pk)
        say(request, delete(row, by=request.user), _("Deleted the field %(name)s.") % {"name": row.label})
        return redirect(SCHEMAS[kind].url("fields"))
    found, user = SCHEMAS[kind], request.user
    context = {"kind": found, "row": row, "kept": kept, **filled_of(found, row, user)}
    context |= {"views": views_that_name(row, user), "dependent": dependent, "sees_all": user.sees_everything}
    context["others"] = uses_of(row, user)
    seen = is_seen_by(field_named(kind, row.key), user)
    context["downloads"] = seen and user.has_perms([found.right("view"), found.right("export")])
    status = 200 if request.method != "POST" else 409 if kept else 422
    return answer(request, "custom/field_delete.html", context, status=status)
