"""Connecting a mailbox by OAuth 2: to the provider, and back with its answer."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from mailboxes.connections.folder_positions import create_folder_position
from mailboxes.connections.imap import open_reader
from mailboxes.connections.oauth import build_permission_url, connect_mailbox
from mailboxes.forms.shared_mailbox import PATIENCE
from mailboxes.mailbox_problems import MailboxProblem, get_problem_sentence
from mailboxes.models import Mailbox

KEY = "mailbox_connect"
LASTS = 600


@require_safe
@permission_required("mailboxes.change_mailbox", raise_exception=True)
@require_confirmation
def mailbox_connect(request, pk):
    """A link, because a form may only be sent to our own pages."""
    return redirect_to_provider(
        request, get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    )


def redirect_to_provider(request, mailbox: Mailbox):
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    try:
        if not mailbox.uses_oauth:
            raise MailboxProblem("not_connected")
        address = build_permission_url(mailbox, state, verifier)
    except MailboxProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
        return redirect(mailbox.get_absolute_url())
    # Only this browser can use the answer, once, and only the last attempt counts.
    begun = timezone.now().timestamp()
    request.session[KEY] = {"state": state, "verifier": verifier, "mailbox": mailbox.pk, "begun": begun}
    return redirect(address)


@transaction.non_atomic_requests
@require_safe
def mailbox_back(request):
    """For shared and personal mailboxes. No transaction is open while the provider is asked."""
    attempt = request.session.get(KEY) or {}
    is_ours = secrets.compare_digest(attempt.get("state", "").encode(), request.GET.get("state", "").encode())
    if not is_ours or not attempt or timezone.now().timestamp() - attempt["begun"] > LASTS:
        messages.error(
            request, _("This connection wasn’t started in this browser, or it took too long. Try again.")
        )
        is_shared = request.user.has_perm("mailboxes.view_mailbox")
        return redirect("mailboxes" if is_shared else "own_mailbox")
    del request.session[KEY]
    mailbox = get_object_or_404(Mailbox.objects.connectable_by(request.user), pk=attempt["mailbox"])
    try:
        finish_connection(request, mailbox, attempt["verifier"])
        messages.success(request, _("The mailbox is connected. New emails are read every minute."))
    except MailboxProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
    return redirect(mailbox.get_absolute_url())


def finish_connection(request, mailbox: Mailbox, verifier: str) -> None:
    """Keep the tokens, and sign in with them: they may be those of another account. Raises MailboxProblem."""
    if error := request.GET.get("error"):
        raise MailboxProblem("oauth", error[:60])
    connect_mailbox(mailbox, request.GET.get("code", ""), verifier)
    write_security_line("mailbox_connected", mailbox=mailbox.address, provider=mailbox.sign_in)
    with open_reader(mailbox, PATIENCE) as reader:
        position = reader.open_folder()
    if not mailbox.folders.exists():
        create_folder_position(mailbox, position)
    mailbox.record_success(timezone.now())
