"""Writing emails to leads, and letting the worker send them."""

from procrastinate.contrib.django.models import ProcrastinateJob

from crm.work.emails.email_sending import send_email

DRAFT = "0" * 63 + "1"
WRITTEN = {"to": "email", "subject": "Your offer", "text": "Dear **Jan**,\n\nhere it is.", "draft": DRAFT}


def page_of(lead) -> str:
    return f"/admin/leads/{lead.pk}/email"


def write(browser, lead, **values):
    return browser.post(page_of(lead), WRITTEN | values)


def work() -> None:
    """Let the worker do what is queued."""
    for job in ProcrastinateJob.objects.filter(task_name="send_email").order_by("id"):
        send_email(**job.args)


def told(answer) -> str:
    return " ".join(answer.content.decode().split())
