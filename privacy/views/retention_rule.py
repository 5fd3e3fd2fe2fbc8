"""One retention rule: adding, editing, confirming and removing it."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.password_confirmation import ask, is_confirmed
from crm.platform.web.responses import answer
from crm.platform.web.security_log import note
from crm.records.editing.settings_change import one_at_a_time, posted, recorded, say
from privacy.models import RetentionRule
from privacy.permissions import ERASE, RETENTION
from privacy.retention.forms import RetentionRuleForm


@permission_required(RETENTION, raise_exception=True)
@one_at_a_time
def rule_new(request):
    return _edited(request, RetentionRuleForm(posted(request), user=request.user))


@permission_required(RETENTION, raise_exception=True)
@one_at_a_time
def rule_edit(request, pk):
    row = get_object_or_404(RetentionRule, pk=pk)
    return _edited(request, RetentionRuleForm(posted(request), instance=row, user=request.user))


def _edited(request, form: RetentionRuleForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        note("retention_changed")
        say(
            request, record, _("Saved the retention rule for “%(status)s”.") % {"status": form.instance.label}
        )
        return redirect("privacy:retention")
    return answer(request, "privacy/retention/rule.html", {"form": form}, status=form.status_code)


@require_POST
@permission_required(RETENTION, raise_exception=True)
@one_at_a_time
def rule_confirm(request, pk):
    row = get_object_or_404(RetentionRule, pk=pk)
    if row.erases and not request.user.has_perm(ERASE):
        raise PermissionDenied
    if row.erases and not is_confirmed(request):
        return ask(request)
    with recorded("confirm_retention_rule", by=request.user, rows=[pk]) as record:
        row.is_confirmed = True
        row.save(update_fields=["is_confirmed"])
    note("retention_changed")
    say(request, record, _("Confirmed. The rule runs tonight."))
    return redirect("privacy:retention")


@require_POST
@permission_required(RETENTION, raise_exception=True)
@one_at_a_time
def rule_remove(request, pk):
    row = get_object_or_404(RetentionRule, pk=pk)
    with recorded("remove_retention_rule", by=request.user, rows=[pk]) as record:
        row.delete()
    note("retention_changed")
    say(request, record, _("Removed the retention rule for “%(status)s”.") % {"status": row.label})
    return redirect("privacy:retention")
