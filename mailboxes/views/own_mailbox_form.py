"""Connecting one's own mailbox, and changing it."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from mailboxes.forms.personal_mailbox import PersonalMailboxForm
from mailboxes.models import Mailbox
from mailboxes.reading_sentences import describe_saved_mailbox


@transaction.non_atomic_requests
@sensitive_post_parameters("password")
@require_confirmation
def own_mailbox_edit(request):
    """No transaction is open while the server is asked."""
    mailbox = Mailbox.objects.of_user(request.user).first()
    shown = mailbox or Mailbox(owner=request.user, address=request.user.email)
    form = PersonalMailboxForm(request.POST if request.method == "POST" else None, instance=shown)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "has_mailbox": mailbox is not None}
        return render(request, "mailboxes/own_form.html", context, status=422 if form.is_bound else 200)
    with transaction.atomic():
        saved = form.save_mailbox()
        write_security_line(
            "own_mailbox_saved", mailbox=saved.address, added=mailbox is None, after=form.changed_data
        )
    messages.success(request, describe_saved_mailbox(saved))
    return redirect("own_mailbox")
