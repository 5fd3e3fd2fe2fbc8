"""The shared mailboxes, with what is wrong with them."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mailboxes.mailbox_problems import get_problem_sentence
from mailboxes.models import Mailbox


@permission_required("mailboxes.view_mailbox", raise_exception=True)
@require_safe
def mailboxes(request):
    rows = Mailbox.objects.visible_to(request.user).select_related("department").by_name()
    return render(
        request, "mailboxes/list.html", {"lines": [(row, get_problem_sentence(row.problem)) for row in rows]}
    )
