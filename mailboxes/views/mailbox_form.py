"""A new shared mailbox, and changing one."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from mailboxes.forms.shared_mailbox import MailboxForm
from mailboxes.models import Mailbox
from mailboxes.reading_sentences import describe_saved_mailbox


@transaction.non_atomic_requests
@sensitive_post_parameters("password")
@permission_required("mailboxes.add_mailbox", raise_exception=True)
@require_confirmation
def mailbox_new(request):
    return save_or_show_form(request, Mailbox())


@transaction.non_atomic_requests
@sensitive_post_parameters("password")
@permission_required("mailboxes.change_mailbox", raise_exception=True)
@require_confirmation
def mailbox_edit(request, pk):
    return save_or_show_form(request, get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk))


def save_or_show_form(request, mailbox: Mailbox):
    """No transaction is open while the servers are asked."""
    made = mailbox.pk is None
    form = MailboxForm(request.POST if request.method == "POST" else None, instance=mailbox)
    if not form.is_bound or not form.is_valid():
        # A copy: invalid input must not appear in the page's header.
        shown = None if made else Mailbox.objects.get(pk=mailbox.pk)
        status = 422 if form.is_bound else 200
        return render(request, "mailboxes/form.html", {"form": form, "mailbox": shown}, status=status)
    with transaction.atomic():
        form.save_mailbox()
        write_security_line("mailbox_saved", mailbox=mailbox.address, added=made, after=form.changed_data)
    messages.success(request, describe_saved_mailbox(mailbox))
    return redirect("mailbox", mailbox.pk)
