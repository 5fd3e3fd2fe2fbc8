"""What the worker does for people: mails with a link, and handing many leads over."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import User

# A mail server that does not answer is asked again after 4 s, 16 s, about 1, 4 and 17 minutes.
MAIL_RETRIES = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(queue="work", name="mail_link", retry=MAIL_RETRIES)
def mail_link(user_id: int, by_id: int | None = None) -> None:
    """Send a user the link for a password. The link is made here, so that the queue never holds one."""
    from accounts.links import write_mail

    user = User.objects.active().filter(pk=user_id).first()
    if user:
        write_mail(user, User.objects.filter(pk=by_id).first() if by_id else None).send()
