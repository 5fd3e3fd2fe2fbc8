"""The DKIM key of a mailbox's domain: generate or paste one, publish its DNS record, then sign mailings with it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import get_posted_data
from mailboxes.models import Mailbox
from mailings.models import SigningKey
from mailings.models.signing_key import get_domain
from mailings.settings.signing_key_form import SigningKeyForm

PERMISSION = "mailboxes.change_mailbox"


@permission_required(PERMISSION, raise_exception=True)
@require_confirmation
def account_key(request, pk):
    mailbox = get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    key = SigningKey.objects.of_address(mailbox.address).first()
    form = SigningKeyForm(get_posted_data(request), instance=SigningKey(domain=get_domain(mailbox.address)))
    if form.is_bound and key:
        messages.warning(request, _("This domain already has a key. Remove it first."))
        return redirect("mailing_settings:account_key", pk)
    if form.is_bound and form.is_valid():
        return _save_key(request, mailbox, form)
    context = {"mailbox": mailbox, "key": key, "form": form, "domain": form.instance.domain}
    return render(request, "mailings/account_key.html", context, status=422 if form.is_bound else 200)


def _save_key(request, mailbox: Mailbox, form: SigningKeyForm):
    try:
        with transaction.atomic():
            key = form.save()
    except IntegrityError:
        messages.warning(request, _("Another administrator has just added a key for this domain."))
    else:
        write_security_line("signing_key_added", domain=key.domain, selector=key.selector)
        messages.success(request, _("Added the key. Publish its DNS record, then start signing."))
    return redirect("mailing_settings:account_key", mailbox.pk)


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def account_key_use(request, pk):
    """Sign with it, or no longer."""
    mailbox = get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    signs = request.POST.get("signs") == "on"
    if SigningKey.objects.of_address(mailbox.address).update(signs=signs):
        write_security_line("signing_key_used", domain=get_domain(mailbox.address), signs=signs)
        if signs:
            messages.success(request, _("Mailings of this domain are signed from now on."))
        else:
            messages.success(request, _("Mailings of this domain are no longer signed."))
    return redirect("mailing_settings:account_key", pk)


@permission_required(PERMISSION, raise_exception=True)
@require_confirmation
def account_key_remove(request, pk):
    mailbox = get_object_or_404(Mailbox.objects.changeable_by(request.user), pk=pk)
    key = SigningKey.objects.of_address(mailbox.address).first()
    if key is None:
        return redirect("mailing_settings:account_key", pk)
    if request.method == "POST":
        write_security_line("signing_key_removed", domain=key.domain, selector=key.selector)
        key.delete()
        messages.success(request, _("Removed the key. You can remove its DNS record."))
        return redirect("mailing_settings:account_key", pk)
    return render(request, "mailings/account_key_remove.html", {"mailbox": mailbox, "key": key})
