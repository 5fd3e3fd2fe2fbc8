"""One retention rule: adding, editing, confirming and removing it."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.password_confirmation import is_confirmed, redirect_to_confirmation
from crm.platform.web.responses import render_response
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)
from privacy.models import RetentionRule
from privacy.permissions import ERASE_PERMISSION, RETENTION_PERMISSION
from privacy.retention.forms import RetentionRuleForm


@permission_required(RETENTION_PERMISSION, raise_exception=True)
@one_at_a_time
def rule_new(request):
    return _save_or_show_form(request, RetentionRuleForm(get_posted_data(request), user=request.user))


@permission_required(RETENTION_PERMISSION, raise_exception=True)
@one_at_a_time
def rule_edit(request, pk):
    row = get_object_or_404(RetentionRule, pk=pk)
    return _save_or_show_form(
        request, RetentionRuleForm(get_posted_data(request), instance=row, user=request.user)
    )


def _save_or_show_form(request, form: RetentionRuleForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        write_security_line("retention_changed")
        show_change_message(
            request, record, _("Saved the retention rule for “%(status)s”.") % {"status": form.instance.label}
        )
        return redirect("privacy:retention")
    return render_response(request, "privacy/retention/rule.html", {"form": form}, status=form.status_code)


@require_POST
@permission_required(RETENTION_PERMISSION, raise_exception=True)
@one_at_a_time
def rule_confirm(request, pk):
    row = get_object_or_404(RetentionRule, pk=pk)
    if row.erases and not request.user.has_perm(ERASE_PERMISSION):
        raise PermissionDenied
    if row.erases and not is_confirmed(request):
        return redirect_to_confirmation(request)
    with record_settings_change("confirm_retention_rule", by=request.user, rows=[pk]) as record:
        row.is_confirmed = True
        row.save(update_fields=["is_confirmed"])
    write_security_line("retention_changed")
    show_change_message(request, record, _("Confirmed. The rule runs tonight."))
    return redirect("privacy:retention")


@require_POST
@permission_required(RETENTION_PERMISSION, raise_exception=True)
@one_at_a_time
def rule_remove(request, pk):
    row = get_object_or_404(RetentionRule, pk=pk)
    with record_settings_change("remove_retention_rule", by=request.user, rows=[pk]) as record:
        row.delete()
    write_security_line("retention_changed")
    show_change_message(
        request, record, _("Removed the retention rule for “%(status)s”.") % {"status": row.label}
    )
    return redirect("privacy:retention")
