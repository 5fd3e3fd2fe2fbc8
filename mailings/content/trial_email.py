"""A test email: a mailing that is sent to the one who writes it, with the values of one recipient."""

from procrastinate.contrib.django import app

from accounts.jobs import MAIL_RETRIES
from accounts.models import User
from mailings.audience.sample_records import build_sample_delivery, find_sample_record
from mailings.content.email_content import FileGone, MailingContent
from mailings.models import Mailing, MailingAccount
from mailings.sending.account_routes import open_connections


@app.task(queue="work", name="send_own_copy", retry=MAIL_RETRIES)
def send_own_copy(mailing_id: int, user_id: int, record: str) -> None:
    """Nothing is sent if the user may no longer see the mailing, or one of its files is gone."""
    user = User.objects.active().with_rights().filter(pk=user_id).first()
    mailing = Mailing.objects.changeable_by(user).defer("ids").filter(pk=mailing_id).first() if user else None
    if user is None or mailing is None:
        return
    delivery = build_sample_delivery(mailing, find_sample_record(mailing, user, record))
    delivery.account = get_sending_account(mailing)
    try:
        letter = MailingContent(mailing, tracked=False, reader=user).build_letter(delivery)
    except FileGone:
        return
    letter.to = [user.email]
    with open_connections() as lines:
        lines.send(delivery.account, letter)


def get_sending_account(mailing: Mailing) -> MailingAccount | None:
    """The first connected mailbox of the department that sends mailings."""
    rows = MailingAccount.objects.filter(mailbox__department=mailing.department).select_related("mailbox")
    return next((one for one in rows.order_by("for_vip", "pk") if one.mailbox.is_connected), None)
