"""Editing a built-in field, and making it as delivered again."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.fields.custom.definitions.built_in_fields import get_field_change
from crm.fields.schemas import SCHEMAS
from crm.platform.web.responses import render_response
from crm.records.custom_fields.field_list import get_built_in_field_names
from crm.records.custom_fields.forms.built_in import BuiltInForm, reset_built_in_field
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message


@permission_required("crm.change_customfield", raise_exception=True)
@one_at_a_time
def built_in_field(request, kind: str, name: str):
    found = get_kind_with_field(kind, name)
    form = BuiltInForm(get_posted_data(request), kind=found, name=name, user=request.user)
    if form.is_bound and form.is_valid():
        show_change_message(
            request,
            form.write(request.user),
            _("Saved the field %(name)s.") % {"name": form.row.label_in_active_language or form.heading},
        )
        return redirect(found.get_url("fields"))
    context = {
        "kind": found,
        "form": form,
        "name": name,
        "is_changed": get_field_change(kind, name) is not None,
    }
    return render_response(request, "custom/built_in_field.html", context, status=form.status_code)


@permission_required("crm.change_customfield", raise_exception=True)
@require_POST
@one_at_a_time
def built_in_reset(request, kind: str, name: str):
    found = get_kind_with_field(kind, name)
    record = reset_built_in_field(found, name, by=request.user)
    show_change_message(request, record, _("Reset the field %(name)s.") % {"name": found.get_heading(name)})
    return redirect(found.get_url("fields"))


def get_kind_with_field(kind: str, name: str):
    """The record type, if it has a built-in field with this name. Raises Http404."""
    found = SCHEMAS[kind]
    if name not in get_built_in_field_names(found):
        raise Http404
    return found
