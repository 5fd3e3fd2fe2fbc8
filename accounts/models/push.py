"""The devices on which users see notifications, and the messages to them."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.push.push_encryption import SECRET_LENGTH, decode_base64url, is_point
from crm.platform.push.vapid_signature import public_key
from crm.platform.web.outgoing_calls import NotCalled, check_url

MOST_OF_A_USER = 20
# The longest endpoints of today's push services have about 500 characters.
LONGEST_ENDPOINT = 1_000
MESSAGE_RETENTION = timedelta(days=7)
# What users turn on and off, by the name that a kind of notification gives (crm/platform/web/notifications.py).
WANTED = {"reminders": Q(user__push_reminders=True), "mentions": Q(user__push_mentions=True)}
UNFIT = _("The browser sent something that isn’t a valid subscription.")


def push_endpoint(url: str) -> None:
    """Raises ValidationError for an address that is never called, as far as this is known without looking it up."""
    try:
        check_url(url)
    except NotCalled as error:
        raise ValidationError(str(error)) from error
    if not url.isascii() or urlsplit(url).scheme != "https":
        raise ValidationError(UNFIT)


def point(text: str) -> None:
    """Raises ValidationError for a text that isn't a public key in base64url."""
    if not is_point(_decode_base64url(text)):
        raise ValidationError(UNFIT)


def shared_secret(text: str) -> None:
    if len(_decode_base64url(text)) != SECRET_LENGTH:
        raise ValidationError(UNFIT)


def _decode_base64url(text: str) -> bytes:
    try:
        return decode_base64url(text)
    except ValueError:
        return b""


class PushDeviceQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)

    def wanting(self, user, of: str):
        """The devices of an active user who wants to see these notifications on them."""
        return self.of_user(user).filter(WANTED[of], user__is_active=True)

    def is_full(self) -> bool:
        """Whether a user with these has reached the limit."""
        return self.count() >= MOST_OF_A_USER

    def newest_first(self):
        return self.order_by("-id")


class PushDevice(models.Model):
    """A browser that has subscribed. `endpoint` is the address at its push service, `browser_key` and `secret` encrypt
    messages for it, and `server_key` is our public key at that time, in base64url."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_devices")
    name = models.CharField(max_length=100, blank=True)
    endpoint = models.CharField(max_length=LONGEST_ENDPOINT, unique=True, validators=[push_endpoint])
    browser_key = models.CharField(max_length=100, validators=[point])
    secret = models.CharField(max_length=30, validators=[shared_secret])
    server_key = models.CharField(max_length=100, default=public_key, editable=False)
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    # What the push service answered to the last message that it rejected, until it accepts another one.
    refused_with = models.PositiveSmallIntegerField(null=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = "device with notifications"


class PushMessageQuerySet(models.QuerySet):
    def claim(self, pk: int) -> bool:
        """Take a waiting message; of two workers, one gets it."""
        return bool(
            self.filter(pk=pk, state=PushMessage.State.WAITING).update(state=PushMessage.State.SENDING)
        )

    def old(self):
        return self.filter(at__lt=timezone.now() - MESSAGE_RETENTION)


class PushMessage(models.Model):
    """A notification on its way to a device.

    A worker that dies while it sends one leaves it as it is: a message may get lost, but none comes twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        DELIVERED = "delivered"
        REFUSED = "refused"
        DROPPED = "dropped"

    device = models.ForeignKey(PushDevice, models.CASCADE, related_name="messages")
    notification = models.ForeignKey("crm.Notification", models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The last answer of the push service, and why there was none.
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = PushMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "notification"], name="push_message_once"),
        ]
