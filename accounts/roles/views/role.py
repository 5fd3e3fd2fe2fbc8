"""One role: its name, its scope, its permissions, and its two-step verification; of the Administrator only the last."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.roles.forms import RoleForm
from accounts.roles.permissions import PERMISSION_COLUMNS
from accounts.users.edit_conflicts import get_form_status, lock_account_changes
from accounts.users.user_access import get_changeable_role, may_edit_role
from crm.platform.web.password_confirmation import require_confirmation, require_confirmation_of
from crm.platform.web.security_log import write_security_line
from crm.records.kinds.record_uses import get_uses


@permission_required("accounts.view_role", raise_exception=True)
@require_confirmation_of("accounts.change_role")
def role(request, pk):
    if request.method == "POST":
        lock_account_changes()
    shown = get_object_or_404(Role, pk=pk)
    if request.method != "POST":
        return render_role_page(request, shown, RoleForm(instance=shown, by=request.user))
    if not may_edit_role(request.user, shown):
        raise PermissionDenied
    form = RoleForm(request.POST, instance=Role.objects.get(pk=pk), by=request.user)
    if not form.is_valid():
        return render_role_page(request, shown, form, status=get_form_status(form))
    saved = form.save()
    log_role_changes(form)
    messages.success(
        request, _("Saved %(name)s. Changes take effect with each user’s next click.") % {"name": saved}
    )
    return redirect("roles")


def log_role_changes(form: RoleForm) -> None:
    """For the security log: who may do what, and who has to take two steps."""
    role = form.instance
    if not role.is_administrator:
        write_security_line("role_changed", role=role.name, **form.difference)
    if form.has_other_days:
        write_security_line(
            "role_second_factor", role=role.name, before=form.days, after=role.second_factor_days
        )


def render_role_page(request, shown: Role, form: RoleForm, *, status: int = 200, problem: str = ""):
    mine = Role.objects.changeable_by(request.user).filter(pk=shown.pk).exists()
    grantable = Role.objects.grantable_by(request.user).filter(pk=shown.pk).exists()
    context = {
        "role": shown,
        "form": form,
        "columns": PERMISSION_COLUMNS,
        "holders": User.objects.visible_to(request.user).active().holding(shown).by_name(),
        "may_edit": may_edit_role(request.user, shown),
        "may_retire": mine and request.user.has_perm("accounts.delete_role"),
        "holds_more": not grantable and not shown.is_administrator,
        "shared": grantable and not mine and not shown.is_administrator,
        "uses": get_uses(shown, request.user),
        "problem": problem,
    }
    return render(request, "accounts/role.html", context, status=status)


@require_POST
@permission_required("accounts.delete_role", raise_exception=True)
@require_confirmation
def role_retire(request, pk):
    lock_account_changes()
    changed = get_changeable_role(request.user, pk)
    if User.objects.holding(changed).exists():
        problem = _(
            "At least one user, active or inactive, still has this role. Remove the role from them first."
        )
        return render_role_page(
            request, changed, RoleForm(instance=changed, by=request.user), status=422, problem=problem
        )
    changed.retired = True
    changed.save(update_fields=["retired"])
    write_security_line("role_retired", role=changed.name)
    messages.success(request, _("Retired %(name)s. You can use it again at any time.") % {"name": changed})
    return redirect("roles")


@require_POST
@permission_required("accounts.delete_role", raise_exception=True)
@require_confirmation
def role_restore(request, pk):
    changed = get_changeable_role(request.user, pk)
    changed.retired = False
    changed.save(update_fields=["retired"])
    write_security_line("role_restored", role=changed.name)
    messages.success(request, _("%(name)s is in use again.") % {"name": changed})
    return redirect("roles")
