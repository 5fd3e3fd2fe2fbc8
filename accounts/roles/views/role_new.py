"""A new role, as a copy of another one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.roles.forms import NewRoleForm
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line


@permission_required("accounts.add_role", raise_exception=True)
@require_confirmation
def role_new(request):
    initial = {"copied": request.GET.get("copy", "")}
    form = NewRoleForm(request.POST if request.method == "POST" else None, by=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        role = form.save()
        write_security_line("role_added", role=role.name, added=sorted(role.permission_names))
        messages.success(request, _("Added %(name)s. Now choose its permissions.") % {"name": role})
        return redirect("role", role.pk)
    return render(request, "accounts/role_new.html", {"form": form}, status=422 if form.is_bound else 200)
