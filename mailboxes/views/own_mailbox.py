"""The user's own mailbox: its state, what was read and who sees it, removing it; and their bcc address."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.password_confirmation import require_confirmation
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change
from mailboxes.mailbox_problems import get_problem_sentence
from mailboxes.models import Mailbox, Message
from mailboxes.models.message import SHOWN
from mailboxes.receiving.personal_messages import change_privacy
from mailboxes.receiving.signed_addresses import get_bcc_address
from mailboxes.sending.sender_routes import get_own_mailbox
from mailboxes.views.mailbox import get_record_path
from mailboxes.views.mailbox_connect import redirect_to_provider

# Of the words to search for
LONGEST = 200


@require_safe
def own_mailbox(request):
    shown = Mailbox.objects.of_user(request.user).first()
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST].strip()
    found = Message.objects.of_user(request.user)
    rows, older = get_newest_page(found.with_words(words) if words else found, request.GET, SHOWN)
    context = {
        "mailbox": shown,
        "sends": get_own_mailbox(request.user) is not None,
        "problem": get_problem_sentence(shown.problem) if shown else "",
        "lines": [(row, get_record_path(row)) for row in rows],
        "next": older,
        "words": words,
        "query": request.GET.urlencode(),
        "bcc": get_bcc_address(request.user),
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
@require_confirmation
def own_mailbox_connect(request):
    return redirect_to_provider(request, get_object_or_404(Mailbox.objects.of_user(request.user)))


@require_confirmation
def own_mailbox_remove(request):
    removed = get_object_or_404(Mailbox.objects.of_user(request.user))
    if request.method == "POST":
        write_security_line("own_mailbox_removed", mailbox=removed.address)
        with record_settings_change("remove_mailbox", by=request.user, name=removed.name):
            removed.delete()
        messages.success(request, _("The mailbox has been removed. The emails that it received stay."))
        return redirect("own_mailbox")
    return render(request, "mailboxes/own_remove.html", {"mailbox": removed})
