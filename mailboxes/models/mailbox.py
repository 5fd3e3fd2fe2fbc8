"""A mailbox: an email account that is read by IMAP and sends by SMTP; and how far each of its folders has been read.

A shared mailbox belongs to a department, a personal one to a user. A personal one may have no SMTP server.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mailboxes.models.oauth_client import GOOGLE, MICROSOFT, OAuthAccount

# A worker that reads a mailbox has it for this long. If it is killed, the next one waits until then.
LEASE = timedelta(minutes=5)
EVERY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
# The problems that only connecting it again ends.
ENDED = ("expired", "key")
PORTS = [MinValueValidator(1), MaxValueValidator(65_535)]


def plain_host(host: str) -> None:
    """Raises ValidationError for anything other than a host name or an IP address."""
    if any(not (letter.isalnum() or letter in ".-:") for letter in host):
        raise ValidationError(
            _now("Enter a host name like imap.example.com, without https:// and without a port.")
        )


class MailboxQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The shared ones, for users with the permission. A personal one is only its owner's (`of_user`)."""
        return self.shared() if user.has_perm("mailboxes.view_mailbox") else self.none()

    def changeable_by(self, user):
        return self.shared() if user.has_perm("mailboxes.change_mailbox") else self.none()

    def shared(self):
        return self.filter(owner=None)

    def personal(self):
        return self.exclude(owner=None)

    def of_user(self, user):
        return self.filter(owner=user)

    def connectable_by(self, user):
        """Those that the user may give the permission of a provider for."""
        shared = models.Q(owner=None) if user.has_perm("mailboxes.change_mailbox") else models.Q(pk__in=[])
        return self.filter(shared | models.Q(owner=user))

    def active(self):
        """Those that are read. That of a deactivated user isn't."""
        return self.filter(models.Q(owner=None) | models.Q(owner__is_active=True), active=True)

    def sending(self):
        return self.exclude(smtp_host="")

    def by_name(self):
        return self.order_by(models.Func("name", function="leadwell_fold"), "id")

    def with_problems(self):
        return self.active().exclude(problem="")

    def due(self, now):
        """Those that no worker reads, and whose pause is over."""
        return self.active().filter(next_check_at__lte=now, busy_until__lte=now)

    def of_department(self, department_id: int | None):
        return self.active().shared().filter(department=department_id)

    def with_plus_addresses(self):
        return self.active().shared().filter(plus_addresses=True)


class Mailbox(OAuthAccount):
    """`secret`, the password, and the two tokens are encrypted (accounts/second_factor/secret_encryption.py)."""

    oauth_scopes: ClassVar = {
        GOOGLE: "https://mail.google.com/",
        MICROSOFT: (
            "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
        ),
    }

    class SignIn(models.TextChoices):
        PASSWORD = "password", _("Password")  # nosec - the name of a choice
        GOOGLE = GOOGLE, _("Google (OAuth)")
        MICROSOFT = MICROSOFT, _("Microsoft (OAuth)")

    class Encryption(models.TextChoices):
        TLS = "tls", _("TLS from the start (port 465)")
        STARTTLS = "starttls", _("STARTTLS (port 587)")

    name = models.CharField(_("name"), max_length=60)
    address = models.EmailField(
        _("email address"), max_length=254, help_text=_("Emails are sent from this address.")
    )
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_(
            "Requests from unknown senders are added to this department. Its emails are sent through this mailbox."
        ),
    )
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, editable=False, related_name="+"
    )
    private = models.BooleanField(
        _("only you see new conversations"),
        default=False,
        db_default=False,
        help_text=_(
            "Emails of a new conversation are private until you share it. Emails that you write in Leadwell are always shared."
        ),
    )
    sign_in = models.CharField(
        _("sign-in"), max_length=10, choices=SignIn, default=SignIn.PASSWORD, db_default=SignIn.PASSWORD
    )
    username = models.CharField(
        _("username"), max_length=254, blank=True, help_text=_("If empty, the email address is used.")
    )
    imap_host = models.CharField(_("IMAP server"), max_length=255, validators=[plain_host])
    imap_port = models.PositiveIntegerField(
        _("IMAP port"),
        default=993,
        validators=PORTS,
        help_text=_("The connection is always encrypted with TLS."),
    )
    smtp_host = models.CharField(_("SMTP server"), max_length=255, validators=[plain_host])
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=465, validators=PORTS)
    smtp_encryption = models.CharField(
        _("SMTP encryption"), max_length=10, choices=Encryption, default=Encryption.TLS
    )
    plus_addresses = models.BooleanField(
        _("the server accepts plus addresses"),
        default=False,
        help_text=_(
            "Such as sales+code@example.com, which Google and Microsoft accept. Then replies also find their record if the "
            "sender’s program leaves out the headers that connect a reply to its email."
        ),
    )
    active = models.BooleanField(_("read and send emails"), default=True, db_default=True)
    secret = models.TextField(blank=True, default="", editable=False)
    # How the last checks went: the problem is a key of mailboxes/mailbox_problems.py and what the server said
    problem = models.CharField(max_length=300, blank=True, default="", editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    notified = models.BooleanField(default=False, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    next_check_at = models.DateTimeField(default=timezone.now, editable=False)
    busy_until = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints = [
            models.UniqueConstraint(
                "address",
                name="mailbox_address",
                violation_error_message=_("This address already has a mailbox."),
            ),
            models.CheckConstraint(
                condition=models.Q(department__isnull=True, owner__isnull=False)
                | models.Q(department__isnull=False, owner__isnull=True),
                name="mailbox_shared_or_personal",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return "/profile/mailbox" if self.owner_id else f"/admin/mailboxes/{self.pk}"

    @property
    def login(self) -> str:
        return self.username or self.address

    @property
    def oauth_provider(self) -> str:
        return self.sign_in

    @property
    def is_connected(self) -> bool:
        """Whether Leadwell has what it signs in with."""
        return bool(self.refresh_token if self.uses_oauth else self.secret)

    @property
    def has_lost_access(self) -> bool:
        """Whether its owner has to connect it again."""
        return self.problem.partition(" ")[0] in ENDED

    def may_be_inside(self, protocol: str) -> bool:
        """Whether its "imap" or "smtp" server may be in our own network. Of a personal mailbox it may if a shared one, which
        an administrator has entered, uses the same server."""
        same = {name: getattr(self, name) for name in (f"{protocol}_host", f"{protocol}_port")}
        return self.owner_id is None or Mailbox.objects.shared().filter(**same).exists()

    def claim_for_reading(self, now: Any) -> bool:
        """Whether this worker reads the mailbox now: of two that ask at once, only one does."""
        mine = Mailbox.objects.filter(pk=self.pk, busy_until__lte=now).update(busy_until=now + LEASE)
        return bool(mine)

    def record_success(self, now: Any) -> None:
        self.problem, self.failures, self.notified, self.last_success_at = "", 0, False, now
        self.next_check_at = now + EVERY
        self.save(update_fields=["problem", "failures", "notified", "last_success_at", "next_check_at"])

    def record_failure(self, now: Any, problem: str) -> None:
        """The pause doubles with each failure, up to an hour."""
        self.problem, self.failures = problem[:300], self.failures + 1
        self.next_check_at = now + min(EVERY * 2 ** min(self.failures, 10), LONGEST_PAUSE)
        self.save(update_fields=["problem", "failures", "next_check_at"])


class MailboxFolder(models.Model):
    """Messages up to `last_uid` have been read. Numbers are only valid with `uid_validity`, which the server sets.

    `begun` is the message that is being taken apart: its validity, its number and how many times it was begun, or ''. If a
    worker was killed meanwhile, it stays there.
    """

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="folders")
    name = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField()
    begun = models.CharField(max_length=50, blank=True, default="", db_default="")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="mailbox_folder")]

    def count_begun(self, uid: int) -> int:
        """How many times the message was begun and not finished."""
        validity, number, times = [*self.begun.split(), "1"][:3] if self.begun else ("", "", "0")
        return int(times) if (validity, number) == (str(self.uid_validity), str(uid)) else 0

    def record_attempt(self, uid: int) -> None:
        self._save_begun(f"{self.uid_validity} {uid} {self.count_begun(uid) + 1}")

    def clear_attempts(self) -> None:
        self._save_begun("")

    def _save_begun(self, begun: str) -> None:
        self.begun = begun
        self.save(update_fields=["begun"])
