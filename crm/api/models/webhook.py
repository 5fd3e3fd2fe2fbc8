"""A webhook: a URL that is notified of operations; and its deliveries, each with its outcome."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retention_periods import get_retention_period
from crm.platform.web.outgoing_calls import NotCalled, check_url

MOST_OF_A_USER = 20


def callable_address(url: str) -> None:
    """Raises ValidationError for a URL that is never called, as far as this is known without looking it up."""
    try:
        check_url(url)
    except NotCalled as error:
        raise ValidationError(str(error)) from error


def known_kinds(kinds: list[str]) -> None:
    """Raises ValidationError for an operation kind that doesn't exist."""
    # Verbs need the models, which are loaded with this one.
    from crm.records.history.verb_execution import Verb

    for kind in kinds:
        if kind not in Verb.known:
            raise ValidationError(gettext("Unknown event type: %(kind)r.") % {"kind": kind})


class WebhookQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True, user__is_active=True)

    def of_user(self, user):
        return self.filter(user=user)

    def visible_to(self, user):
        """Those of the user and their colleagues."""
        return self.filter(user__in=get_user_model().objects.visible_to(user).values("pk"))

    def changeable_by(self, user):
        """Those of users whom this user may edit: setting the URL means reading what its user sees."""
        return self.filter(user__in=get_user_model().objects.changeable_by(user).values("pk"))

    def is_full(self) -> bool:
        """Whether a user with these has reached the limit."""
        return self.count() >= MOST_OF_A_USER

    def newest_first(self):
        return self.order_by("-id")

    def with_last_delivery(self):
        """With the state, status and time of the last delivery as `last_…`, and the number of stored failures as
        `failed`."""
        last = WebhookDelivery.objects.filter(webhook=OuterRef("pk")).newest_first()
        return self.select_related("user").annotate(
            **{f"last_{name}": Subquery(last.values(name)[:1]) for name in ("at", "state", "status")},
            failed=Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.FAILED)),
        )


class Webhook(models.Model):
    """`kinds` are the operation kinds it wants, none means all; `secret` signs what is sent."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("user"),
        related_name="webhooks",
        help_text=_("The webhook is notified of changes that this user can view."),
    )
    url = models.URLField(
        pgettext_lazy("of a webhook", "address"),
        max_length=500,
        validators=[callable_address],
        help_text=_(
            "A public address that starts with https://. Addresses in our own network are never called."
        ),
    )
    kinds = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("events"),
        default=list,
        blank=True,
        validators=[known_kinds],
    )
    secret = models.CharField(max_length=64, editable=False)
    active = models.BooleanField(default=True, editable=False)
    # Since when no delivery has arrived; empty while they do.
    failing_since = models.DateTimeField(null=True, editable=False)
    # Whether the last call failed or took long.
    slow = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now())

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url

    def set_new_secret(self) -> str:
        """Set and return a new secret; it signs everything sent from now on."""
        self.secret = get_random_string(40)
        return self.secret

    def forget_failures(self) -> None:
        """Start with a clean record, after the webhook is turned on again or gets another address."""
        self.failing_since, self.slow = None, False


class DeliveryQuerySet(models.QuerySet):
    def of_operations(self):
        """Without tests."""
        return self.filter(operation__isnull=False)

    def failed(self):
        return self.filter(state=WebhookDelivery.State.FAILED)

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def newest_first(self):
        return self.order_by("-id")

    def expired(self):
        return self.filter(at__lt=timezone.now() - get_retention_period("deliveries"))


class WebhookDelivery(models.Model):
    """What was or will be sent to a webhook about an operation; one without an operation is a test."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    operation = models.ForeignKey("crm.Operation", models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "operation"], name="delivery_of_operation_once")
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),  # its log
            models.Index(fields=["at"], name="delivery_of_webhook_at"),  # removing old ones
        ]
