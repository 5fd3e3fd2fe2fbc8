"""Whether a role requires two-step verification; for the Administrator too, whose permissions are fixed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.crossing import one_at_a_time, status_of
from accounts.models import Role
from accounts.rights import may_require_second_factor
from accounts.role_forms import RoleForm
from accounts.second_factor_forms import RoleSecondFactorForm
from accounts.views.role import page
from crm.web.confirmation import confirmed
from crm.web.security_log import note


@require_POST
@permission_required("accounts.change_role", raise_exception=True)
@confirmed
def role_second_factor(request, pk):
    one_at_a_time()
    role = get_object_or_404(Role, pk=pk)
    if not may_require_second_factor(request.user, role):
        raise PermissionDenied
    form = RoleSecondFactorForm(request.POST, instance=role)
    if not form.is_valid():
        shown = RoleForm(instance=Role.objects.get(pk=pk), by=request.user)
        return page(request, shown.instance, shown, second_factor=form, status=status_of(form))
    form.save()
    note("role_second_factor", role=role.name, before=form.before, after=role.second_factor_days)
    messages.success(
        request, _("Saved %(name)s. Changes take effect with each user’s next click.") % {"name": role}
    )
    return redirect("role", pk)
