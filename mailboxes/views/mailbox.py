"""One shared mailbox: its state, what it received last, testing the connection, removing it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change
from crm.records.kinds.kind_registry import KINDS
from mailboxes.connections.imap import open_reader
from mailboxes.connections.smtp import try_sign_in
from mailboxes.forms.shared_mailbox import PATIENCE
from mailboxes.jobs import read_mailbox
from mailboxes.mailbox_problems import MailboxProblem, get_problem_sentence
from mailboxes.models import Mailbox
from mailboxes.models.message import SHOWN
from mailboxes.reading_sentences import describe_tested_mailbox


@permission_required("mailboxes.view_mailbox", raise_exception=True)
@require_safe
def mailbox(request, pk):
    shown = get_object_or_404(Mailbox.objects.visible_to(request.user), pk=pk)
    rows = list(shown.messages.newest_first()[:SHOWN])
    context = {
        "mailbox": shown,
        "problem": get_problem_sentence(shown.problem),
        "lines": [(row, get_record_path(row)) for row in rows],
    }
    return render(request, "mailboxes/mailbox.html", context)


def get_record_path(row) -> str:
    """The page of its record, which says itself who may open it."""
    return KINDS[row.of].get_url("record", row.record) if row.of in KINDS and row.record else ""


@transaction.non_atomic_requests
@require_POST
@permission_required("mailboxes.change_mailbox", raise_exception=True)
def mailbox_test(request, pk):
    """Sign in at both servers, and read what is new soon."""
    tested = get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    try:
        with open_reader(tested, PATIENCE) as reader:
            reader.open_folder()
        try_sign_in(tested)
    except MailboxProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
        return redirect("mailbox", pk)
    read_mailbox.defer(mailbox_id=tested.pk)
    messages.success(request, describe_tested_mailbox(tested))
    return redirect("mailbox", pk)


@permission_required("mailboxes.delete_mailbox", raise_exception=True)
@require_confirmation
def mailbox_remove(request, pk):
    removed = get_object_or_404(Mailbox.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        write_security_line("mailbox_removed", mailbox=removed.address)
        with record_settings_change("remove_mailbox", by=request.user, name=removed.name):
            removed.delete()
        messages.success(request, _("The mailbox has been removed. The emails that it received stay."))
        return redirect("mailboxes")
    return render(request, "mailboxes/remove.html", {"mailbox": removed})
