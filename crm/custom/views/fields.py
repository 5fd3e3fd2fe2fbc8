"""The custom fields of a record type: their list, adding and editing one."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.custom.definition_form import CustomFieldForm
from crm.custom.tables import CustomFieldTable
from crm.custom.usage import filled_by_key, total_of
from crm.models import CustomField
from crm.records.kinds import KINDS
from crm.records.order import step
from crm.records.settings_change import one_at_a_time, posted, recorded, say
from crm.web.ids import number_of
from crm.web.screens import answer

RIGHTS = ("add", "change", "delete")


@permission_required("crm.view_customfield", raise_exception=True)
@require_safe
def fields(request, kind: str):
    found = KINDS[kind]
    rights = {right for right in RIGHTS if request.user.has_perm(CustomField.right(right))}
    columns = ["name", "type", "section", "filled", "views"]
    columns = [
        *(["order"] if "change" in rights else []),
        *columns,
        *(["delete"] if "delete" in rights else []),
    ]
    rows = list(CustomField.objects.of(kind).in_order())
    usage = (filled_by_key(found, request.user), total_of(found, request.user)) if rows else ({}, 0)
    table = CustomFieldTable(
        rows, kind=found, usage=usage, user=request.user, rights=rights, columns_shown=columns
    )
    context = {"kind": found, "table": table, "rows": rows, "rights": rights}
    return answer(request, "custom/fields.html", context)


@permission_required("crm.add_customfield", raise_exception=True)
@one_at_a_time
def field_new(request, kind: str):
    form = CustomFieldForm(posted(request), kind=KINDS[kind], user=request.user)
    return edited(request, form)


@permission_required("crm.change_customfield", raise_exception=True)
@one_at_a_time
def field_edit(request, kind: str, pk: int):
    row = get_object_or_404(CustomField.objects.of(kind), pk=pk)
    return edited(
        request, CustomFieldForm(posted(request), instance=row, kind=KINDS[kind], user=request.user)
    )


@permission_required("crm.change_customfield", raise_exception=True)
@require_POST
@one_at_a_time
def field_order(request, kind: str):
    """Move one step up or down."""
    direction = "up" if "up" in request.POST else "down"
    pk = number_of(request.POST.get(direction, ""))
    row = get_object_or_404(CustomField.objects.of(kind), pk=pk or 0)
    with recorded("edit_custom_field", by=request.user, act="order", rows=[row.pk]) as record:
        step(row, CustomField.objects.of(kind).in_order(), direction)
    say(request, record, _("Custom fields reordered."))
    return redirect(KINDS[kind].url("fields"))


def edited(request, form: CustomFieldForm):
    if "preview" in request.POST:
        form.is_valid()
        fragments = {"formula-preview": "custom/_preview.html"}
        context = {"kind": form.kind, "form": form, "previewing": True}
        status = 422 if "formula" in form.errors else 200
        return answer(request, "custom/field_form.html", context, fragments=fragments, status=status)
    if form.is_bound and form.is_valid():
        name = {"name": form.instance.label}
        say(request, form.write(request.user), _("Saved the field %(name)s.") % name)
        return redirect(form.kind.url("fields"))
    return answer(
        request, "custom/field_form.html", {"kind": form.kind, "form": form}, status=form.status_code
    )
