"""Incoming webhooks: the addresses at which other programs deliver leads and requests, and what each address makes of them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret, encrypt_secret
from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from intake.models.known_people import LABEL, OWNER_HELP, STATUS_HELP, KnownPeople

CALLS_A_MINUTE = 60
DAYS_KEPT = 30
header_name = RegexValidator(r"^[A-Za-z0-9-]+$", _("Enter the name of a header, like X-Signature."))


class SealedField(models.TextField):
    """An encrypted text (accounts/second_factor/secret_encryption.py), which history doesn't record."""

    derived = True

    def deconstruct(self) -> Any:
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.TextField", arguments, keywords


class IncomingWebhookQuerySet(RetirableQuerySet):
    def visible_to(self, user):
        """Those that add records to departments that the user sees."""
        return self.filter(department__in=Department.objects.visible_to(user).values("pk"))

    def changeable_by(self, user):
        return self.visible_to(user)

    def by_name(self):
        return self.order_by(models.functions.Lower("name"), "id")

    def with_address(self, public_id: str):
        """The one with this public ID, if it's on. The text comes from an address and may be anything."""
        return self.active().filter(public_id=public_id) if public_id.isalnum() else self.none()

    def lock_and_get(self, pk: int):
        """The one with this ID, which no other call uses until the end of the transaction; None if it was deleted or
        turned off."""
        rows = self.active().select_related("department", "owner", "source", "status")
        return rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()

    def with_last_call(self):
        """With the time and state of the last call as `last_at` and `last_state`, and how many need attention as
        `waiting`."""
        # A call refers to its webhook, so its model is loaded after this one.
        from intake.models.incoming_call import IncomingCall

        last = IncomingCall.objects.filter(webhook=models.OuterRef("pk")).newest_first()
        waiting = models.Q(calls__state=IncomingCall.State.ATTENTION)
        return self.select_related("department").annotate(
            last_at=models.Subquery(last.values("at")[:1]),
            last_state=models.Subquery(last.values("state")[:1]),
            waiting=models.Count("calls", filter=waiting),
        )


class IncomingWebhook(Retirable):
    """`mapping` says which field gets the value at each path of a body: {"lead.email": "email"}. `secret` and `key` are
    encrypted."""

    table = "incoming_webhook"

    class Proof(models.TextChoices):
        ADDRESS = "address", _("A secret in the address")
        SIGNATURE = "signature", _("A signature of the body (HMAC-SHA256) in a header")

    class Format(models.TextChoices):
        """How a signature is written, and what is signed."""

        HEX = "hex", _("The body, in hexadecimal digits")
        PREFIXED = "prefixed", _("The body, in hexadecimal digits after “sha256=”")
        BASE64 = "base64", _("The body, in base64")
        MOMENT = "moment", _("The time and the body, as “t=…,v1=…”")

    class Makes(models.TextChoices):
        LEAD = "lead", _("A lead")
        REQUEST = "request", _("A request")

    name = models.CharField(_("name"), max_length=100)
    public_id = models.CharField(max_length=24, unique=True, editable=False)
    proof = models.CharField(_("authentication"), max_length=10, choices=Proof, default=Proof.ADDRESS)
    signature_header = models.CharField(
        _("header with the signature"),
        max_length=60,
        default="X-Signature",
        blank=True,
        validators=[header_name],
        help_text=_(
            "Meta sends X-Hub-Signature-256, Cal.com X-Cal-Signature-256, Calendly Calendly-Webhook-Signature."
        ),
    )
    # Empty only for a webhook from before the formats were told apart: any of them is accepted until someone chooses one.
    signature_format = models.CharField(
        _("format of the signature"),
        max_length=8,
        choices=Format,
        default="",
        db_default="",
        blank=True,
        help_text=_(
            "Cal.com signs in hexadecimal digits, Meta and GitHub after “sha256=”, Shopify in base64, Calendly and Stripe with the time."
        ),
    )
    secret = SealedField(editable=False, default="", db_default="")
    key = SealedField(editable=False, default="", db_default="")
    makes = models.CharField(_("what a call creates"), max_length=8, choices=Makes, default=Makes.LEAD)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("department"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        help_text=OWNER_HELP,
    )
    source = models.ForeignKey(
        "leads.Source", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("source")
    )
    status = models.ForeignKey(
        "leads.Status",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("status"),
        help_text=STATUS_HELP,
    )
    duplicates = models.CharField(
        LABEL,
        max_length=6,
        choices=KnownPeople,
        default=KnownPeople.ADD,
        help_text=_("What happens if a lead has the same email or phone."),
    )
    calls_a_minute = models.PositiveSmallIntegerField(
        _("calls per minute"),
        default=CALLS_A_MINUTE,
        validators=[MinValueValidator(1), MaxValueValidator(1_000)],
        help_text=_("Further calls are refused with status 429, and most programs send them again later."),
    )
    days_kept = models.PositiveSmallIntegerField(
        _("days in the log"),
        default=DAYS_KEPT,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Calls contain personal data. They’re deleted from the log after so many days."),
    )
    mapping = models.JSONField(_("mapping"), default=dict, db_default={}, blank=True, editable=False)
    retired = models.BooleanField(
        pgettext_lazy("a webhook", "turned off"), default=False, help_text=_("Calls are refused.")
    )

    undo = UndoRules(guards={"name": build_name_guard("intake_incomingwebhook")})

    objects = IncomingWebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming webhook")
        verbose_name_plural = _("incoming webhooks")
        triggers = build_change_triggers("incoming_webhook")
        constraints = [models.UniqueConstraint(models.functions.Lower("name"), name="incoming_webhook_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name

    @property
    def has_secret_address(self) -> bool:
        return self.proof == self.Proof.ADDRESS

    @property
    def signature_format_in_words(self) -> str:
        return str(self.get_signature_format_display() or _("Any format. Edit the webhook to choose one."))

    @property
    def shown_address(self) -> str:
        """The address without its secret."""
        return f"{settings.SITE_URL}/hooks/{self.public_id}" + ("/…" if self.has_secret_address else "")

    def build_address(self, secret: str) -> str:
        return f"{settings.SITE_URL}/hooks/{self.public_id}" + (
            f"/{secret}" if self.has_secret_address else ""
        )

    def set_new_secret(self, given: str = "") -> str:
        """Set and return the secret: the given one of the other program, or a new one."""
        secret = given or get_random_string(40)
        self.secret = encrypt_secret(secret)
        return secret

    def get_decrypted_secret(self) -> str:
        """'' if there is none, or if this installation can't read it any more."""
        return _decrypt_or_empty(self.secret)

    def is_secret(self, text: str) -> bool:
        secret = self.get_decrypted_secret()
        return bool(secret) and constant_time_compare(secret, text)

    def is_key(self, text: str) -> bool:
        key = _decrypt_or_empty(self.key)
        return bool(key) and constant_time_compare(key, text)


def _decrypt_or_empty(text: str) -> str:
    try:
        return decrypt_secret(text) if text else ""
    except UnreadableSecret:
        return ""
