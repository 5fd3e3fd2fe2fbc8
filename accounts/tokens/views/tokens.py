"""The API tokens and their recent use."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.models import ApiCall, Token

CALLS_SHOWN = 50


@permission_required("crm.view_token", raise_exception=True)
@require_safe
def tokens(request):
    rows = Token.objects.visible_to(request.user).with_names().newest_first()
    mine = set(Token.objects.changeable_by(request.user).values_list("pk", flat=True))
    lines = sorted(((row, row.pk in mine) for row in rows), key=lambda line: not line[0].in_force)
    calls = ApiCall.objects.of_tokens(rows.order_by().values("pk")).with_names().newest_first()[:CALLS_SHOWN]
    context = {"lines": lines, "calls": calls, "administers": request.user.is_administrator}
    return render(request, "accounts/tokens.html", context)
