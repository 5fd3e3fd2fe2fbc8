"""The user's own mailbox: its state, what was read and who sees it, removing it; and their bcc address."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.id_parsing import newest
from crm.platform.web.password_confirmation import confirmed
from crm.platform.web.security_log import note
from crm.records.editing.settings_change import recorded
from mailboxes.mailbox_problems import sentence
from mailboxes.models import Mailbox, Message
from mailboxes.models.message import SHOWN
from mailboxes.receiving.personal_messages import change_privacy
from mailboxes.receiving.signed_addresses import bcc_address
from mailboxes.sending.sender_routes import own_sender
from mailboxes.views.mailbox import path_of
from mailboxes.views.mailbox_connect import to_provider

# Of the words to search for
LONGEST = 200


@require_safe
def own_mailbox(request):
    shown = Mailbox.objects.of_user(request.user).first()
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST].strip()
    found = Message.objects.of_user(request.user)
    rows, older = newest(found.with_words(words) if words else found, request.GET, SHOWN)
    context = {
        "mailbox": shown,
        "sends": own_sender(request.user) is not None,
        "problem": sentence(shown.problem) if shown else "",
        "lines": [(row, path_of(row)) for row in rows],
        "next": older,
        "words": words,
        "query": request.GET.urlencode(),
        "bcc": bcc_address(request.user),
    }
    return render(request, "mailboxes/own.html", context)


@require_POST
def email_private(request, pk):
    """Its whole conversation becomes private, or is shared again."""
    rows = Message.objects.of_user(request.user).on_timelines()
    private = "off" not in request.POST
    change_privacy(get_object_or_404(rows, pk=pk), private=private, by=request.user)
    private_now = _("Only you see this conversation now.")
    messages.success(request, private_now if private else _("The conversation is shared."))
    place = {name: request.GET[name] for name in ("q", "before") if name in request.GET}
    return redirect(f"{reverse('own_mailbox')}?{urlencode(place)}" if place else "own_mailbox")


@require_safe
@confirmed
def own_mailbox_connect(request):
    return to_provider(request, get_object_or_404(Mailbox.objects.of_user(request.user)))


@confirmed
def own_mailbox_remove(request):
    removed = get_object_or_404(Mailbox.objects.of_user(request.user))
    if request.method == "POST":
        note("own_mailbox_removed", mailbox=removed.address)
        with recorded("remove_mailbox", by=request.user, name=removed.name):
            removed.delete()
        messages.success(request, _("The mailbox has been removed. The emails that it received stay."))
        return redirect("own_mailbox")
    return render(request, "mailboxes/own_remove.html", {"mailbox": removed})
