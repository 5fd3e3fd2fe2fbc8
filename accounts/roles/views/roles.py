"""The list of roles: what each sees and who has it, retired ones last."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.roles.permissions import SCOPE_LABELS


@permission_required("accounts.view_role", raise_exception=True)
@require_safe
def roles(request):
    rows = Role.objects.by_name().prefetch_related("permissions__content_type")
    grantable = set(Role.objects.grantable_by(request.user).values_list("pk", flat=True))
    editable = set(Role.objects.changeable_by(request.user).values_list("pk", flat=True))
    holders = User.objects.active().visible_to(request.user).count_by_role()
    lines = [
        (role, get_widest_scope(role), holders.get(role.pk, 0), role.pk in grantable, role.pk in editable)
        for role in rows
    ]
    lines.sort(key=lambda line: line[0].retired)
    return render(request, "accounts/roles.html", {"lines": lines})


def get_widest_scope(role: Role):
    """The widest scope of leads that the role sees, in words; '' for none."""
    held = {permission.codename for permission in role.permissions.all()}
    labels = [label for name, label in SCOPE_LABELS if name.removeprefix("accounts.") in held]
    return labels[-1] if labels else ""
