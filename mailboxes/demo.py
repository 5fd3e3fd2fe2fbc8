"""The mailbox of the demo company, with emails on leads and requests. It is turned off, so no server is ever asked.

Each email is received as the worker would, from its text: threads, requests and timelines follow from that.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage

from django.utils import timezone

from accounts.models import Department, User
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from crm.records.history.verb_execution import carry_out
from leads.demo.working_hours import find_working_time
from leads.models import Lead
from mailboxes.connections.imap import FetchedMessage
from mailboxes.models import Mailbox, MailboxFolder
from mailboxes.receiving.message_receiving import receive_message
from mailboxes.verbs import ReceiveEmail

ADDRESS = "sales.ro@demo.example"
# What leads ask, what their owner answers, and what they write then.
THREADS = [
    (
        "Trackers for frozen goods",
        "Do your trackers still work at −25 °C? We have three warehouses.",
        "Yes, down to −40 °C. I can bring a sample next week. Does Tuesday suit you?",
        "Tuesday at 10 suits us. Please bring the price list too.",
    ),
    (
        "Your offer",
        "Thank you for the offer. Is there a discount for 200 units?",
        "From 150 units it is 8%. I have attached nothing yet: may I send you a new offer today?",
        "Yes please. We decide on Friday.",
    ),
]
# From people who aren't known yet: these become requests.
QUESTIONS = [
    (
        "Irina Voicu <irina.voicu@nordfrost.example>",
        "Price for 40 trackers",
        "Could you send an offer for 40 trackers?",
    ),
    (
        "Paul Lange <p.lange@kuehlwerk.example>",
        "Visit in Cluj",
        "We are in Cluj next month and would like to see a demo.",
    ),
    (
        "Accounting <billing@nordfrost.example>",
        "Invoice 2214",
        "The invoice has the old address. Could you correct it?",
    ),
]


def add_mailbox(total: int, say: Say) -> int:
    """Once: a company that has mailboxes keeps them."""
    if Mailbox.objects.exists():
        return 0
    mailbox = Mailbox.objects.create(
        name="Sales Romania",
        address=ADDRESS,
        department=Department.objects.get(name="Sales Romania"),
        imap_host="imap.demo.example",
        smtp_host="smtp.demo.example",
        active=False,
    )
    folder = MailboxFolder.objects.create(mailbox=mailbox, name="INBOX", uid_validity=1, last_uid=0)
    rep = User.objects.with_rights().get(email="rep@demo.example")
    now = timezone.now()
    for days, (lead, thread) in enumerate(zip(_choose_leads(rep), THREADS, strict=False), 1):
        _receive_thread(folder, lead, rep, thread, now - timedelta(days=days))
    for hours, (sender, subject, text) in enumerate(QUESTIONS, 1):
        _receive(
            folder,
            sender,
            subject,
            text,
            f"question-{hours}",
            find_working_time(now - timedelta(hours=5 * hours)),
        )
    return len(QUESTIONS)


def _choose_leads(rep: User) -> list[Lead]:
    """Leads in progress of the rep whose emails no other lead has: an email is added to all leads that have its sender."""
    leads = Lead.objects.present().own_of(rep).open().exclude(first_contacted_at=None).exclude(email="")
    newest = leads.order_by("-pk")[: 10 * len(THREADS)]
    return [lead for lead in newest if Lead.objects.filter(email_key=lead.email_key).count() == 1]


def _receive_thread(
    folder: MailboxFolder, lead: Lead, rep: User, thread: tuple[str, ...], at: datetime
) -> None:
    subject, question, answer, last = thread
    sender, name = f"{lead.full_name} <{lead.email}>", f"lead-{lead.pk}"
    at, answered, ended = (find_working_time(at + timedelta(hours=hours)) for hours in (0, 2, 4))
    _receive(folder, sender, subject, question, f"{name}-1", at)
    sent = ReceiveEmail(
        by=rep,
        address=lead.email,
        subject=f"Re: {subject}",
        text=answer,
        message_id=_build_message_id(f"{name}-2"),
        at=answered,
    )
    carry_out(sent, Lead.objects.filter(pk=lead.pk), by=None)
    _receive(folder, sender, f"Re: {subject}", last, f"{name}-3", ended, answers=f"{name}-2")


def _receive(
    folder: MailboxFolder, sender: str, subject: str, text: str, name: str, at: datetime, *, answers: str = ""
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ADDRESS, subject
    message["Message-ID"] = _build_message_id(name)
    if answers:
        message["In-Reply-To"] = message["References"] = _build_message_id(answers)
    message.set_content(text)
    receive_message(folder, FetchedMessage(folder.last_uid + 1, at, message.as_bytes(), True))


def _build_message_id(name: str) -> str:
    return f"<{name}@demo.example>"


PART = DemoPart(grow=add_mailbox)
