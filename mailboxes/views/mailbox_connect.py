"""Connecting a mailbox by OAuth 2: to the provider, and back with its answer."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from mailboxes.connections.folder_positions import create_folder_position
from mailboxes.connections.imap import open_reader
from mailboxes.connections.oauth_attempt import (
    NOT_BEGUN,
    OAuthAttempt,
    begin_attempt,
    end_attempt,
    find_attempt,
)
from mailboxes.forms.shared_mailbox import PATIENCE
from mailboxes.mailbox_problems import MailboxProblem, get_problem_sentence
from mailboxes.models import Mailbox
from mailboxes.reading_sentences import describe_connected_mailbox

BACK = "mailbox_back"


@require_safe
@permission_required("mailboxes.change_mailbox", raise_exception=True)
@require_confirmation
def mailbox_connect(request, pk):
    """A link, because a form may only be sent to our own pages."""
    return redirect_to_provider(
        request, get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    )


def redirect_to_provider(request, mailbox: Mailbox):
    try:
        if not mailbox.uses_oauth:
            raise MailboxProblem("not_connected")
        return redirect(begin_attempt(request, mailbox, BACK, str(mailbox.pk)))
    except MailboxProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
        return redirect(mailbox.get_absolute_url())


@transaction.non_atomic_requests
@require_safe
def mailbox_back(request):
    """The one address that a provider knows: answers about something else go on to its own. No transaction is open while the provider is
    asked."""
    attempt = find_attempt(request)
    if attempt is None:
        messages.error(request, NOT_BEGUN)
        is_shared = request.user.has_perm("mailboxes.view_mailbox")
        return redirect("mailboxes" if is_shared else "own_mailbox")
    if attempt.back != BACK:
        return redirect(f"{reverse(attempt.back)}?{request.GET.urlencode()}")
    end_attempt(request)
    mailbox = get_object_or_404(Mailbox.objects.connectable_by(request.user), pk=attempt.subject)
    try:
        finish_connection(mailbox, attempt)
        messages.success(request, describe_connected_mailbox(mailbox))
    except MailboxProblem as problem:
        messages.error(request, get_problem_sentence(str(problem)))
    return redirect(mailbox.get_absolute_url())


def finish_connection(mailbox: Mailbox, attempt: OAuthAttempt) -> None:
    """Keep the tokens, and sign in with them: they may be those of another account. Raises MailboxProblem."""
    attempt.keep_tokens(mailbox)
    write_security_line("mailbox_connected", mailbox=mailbox.address, provider=mailbox.sign_in)
    with open_reader(mailbox, PATIENCE) as reader:
        position = reader.open_folder()
    if not mailbox.folders.exists():
        create_folder_position(mailbox, position)
    mailbox.record_success(timezone.now())
