"""The mailing accounts in Settings: which mailboxes send mailings, how much, and what their domain's DNS should say."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import (
    get_posted_data,
    one_at_a_time,
    record_settings_change,
    show_change_message,
)
from mailboxes.models import Mailbox
from mailings.models import MailingAccount
from mailings.sending.dns_records import build_dns_records
from mailings.settings.sending_forms import AccountForm


@permission_required("mailboxes.view_mailbox", raise_exception=True)
@require_safe
def accounts(request):
    rows = Mailbox.objects.visible_to(request.user).select_related("department", "mailing_account").by_name()
    return render(request, "mailings/accounts.html", {"mailboxes": rows})


@permission_required("mailboxes.change_mailbox", raise_exception=True)
@one_at_a_time
def account(request, pk):
    mailbox = get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    found = getattr(mailbox, "mailing_account", None)
    form = AccountForm(get_posted_data(request), instance=found or MailingAccount(mailbox=mailbox))
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        write_security_line(
            "mailing_account_saved", mailbox=mailbox.address, added=found is None, after=form.changed_data
        )
        sends = _("Saved. %(mailbox)s sends mailings.")
        words = sends if mailbox.active else _("Saved. %(mailbox)s sends mailings once it’s turned on.")
        show_change_message(request, record, words % {"mailbox": mailbox.name})
        return redirect("mailing_settings:accounts")
    context = {
        "form": form,
        "mailbox": mailbox,
        "sends": found is not None,
        "records": build_dns_records(mailbox),
    }
    return render(request, "mailings/account.html", context, status=422 if form.is_bound else 200)


@require_POST
@permission_required("mailboxes.change_mailbox", raise_exception=True)
@one_at_a_time
def account_remove(request, pk):
    mailbox = get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    if found := getattr(mailbox, "mailing_account", None):
        with record_settings_change(
            "remove_mailing_account", by=request.user, rows=[found.pk], name=mailbox.name
        ) as record:
            found.delete()
        write_security_line("mailing_account_removed", mailbox=mailbox.address)
        still_read = _("%(mailbox)s no longer sends mailings. It is still read.")
        words = still_read if mailbox.active else _("%(mailbox)s no longer sends mailings.")
        show_change_message(request, record, words % {"mailbox": mailbox.name})
    return redirect("mailing_settings:accounts")
