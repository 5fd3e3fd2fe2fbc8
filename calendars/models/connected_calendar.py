"""A calendar of another program that a user has connected: where it is, how Leadwell signs in, and how far it has been read."""

from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailboxes.models import Mailbox, OAuthAccount
from mailboxes.models.oauth_client import GOOGLE, MICROSOFT

# A worker that syncs a calendar has it for this long. If it is killed, the next one waits until then.
LEASE = timedelta(minutes=5)
EVERY = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
# The problems that only its owner ends.
ENDED = ("login", "key", "expired", "calendar_gone")


class ConnectedCalendarQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(owner=user)

    def at_provider(self, provider: str):
        return self.filter(provider=provider)

    def active(self):
        """Those that are synced. That of a deactivated user isn't."""
        return self.filter(owner__is_active=True).exclude(path="")

    def without_choice(self):
        """Those whose owner has to choose a calendar, for the first time or because the last one is gone."""
        return self.filter(models.Q(path="") | models.Q(problem__startswith="calendar_gone"))

    def with_problems(self):
        return self.active().exclude(problem="")

    def due(self, now: datetime):
        """Those that no worker syncs, and whose pause is over."""
        return self.active().filter(next_check_at__lte=now, busy_until__lte=now)


class ConnectedCalendar(OAuthAccount):
    """`secret`, the password of a CalDAV account, is encrypted (accounts/second_factor/secret_encryption.py). Until its owner
    has chosen one of the calendars of the account, `path` is empty.

    `cursor` says up to which change of the server it has been read; its server alone knows what the cursor means.
    """

    class Provider(models.TextChoices):
        CALDAV = "caldav", "CalDAV"
        GOOGLE = GOOGLE, _("Google")
        MICROSOFT = MICROSOFT, _("Microsoft")

    oauth_scopes: ClassVar = {
        GOOGLE: (
            "https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.calendarlist.readonly"
        ),
        MICROSOFT: "offline_access https://graph.microsoft.com/Calendars.ReadWrite",
    }

    provider = models.CharField(
        max_length=10,
        choices=Provider,
        default=Provider.CALDAV,
        db_default=Provider.CALDAV,
        editable=False,
    )
    owner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, editable=False, related_name="+")
    address = models.CharField(
        _("address of the calendar server"),
        max_length=500,
        help_text=_("Such as https://caldav.example.com. Your calendar program or provider names it."),
    )
    username = models.CharField(_("username"), max_length=254, validators=[MinLengthValidator(1)])
    secret = models.TextField(blank=True, default="", editable=False)
    # The calendar that its owner has chosen
    path = models.CharField(_("calendar"), max_length=1_000, blank=True, default="", editable=False)
    name = models.CharField(max_length=200, blank=True, default="", editable=False)
    # The addresses that the server knows its owner by, separated by spaces
    known_as = models.TextField(blank=True, default="", editable=False)
    cursor = models.TextField(blank=True, default="", editable=False)
    # Its owner is disconnecting it, and what Leadwell has written to it is being deleted
    leaving = models.BooleanField(default=False, db_default=False, editable=False)
    # How the last sync went: the problem is a key of calendars/calendar_problems.py and what the server said
    problem = models.CharField(max_length=300, blank=True, default="", editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    notified = models.BooleanField(default=False, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    next_check_at = models.DateTimeField(default=timezone.now, editable=False)
    busy_until = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConnectedCalendarQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("connected calendar")
        verbose_name_plural = _("connected calendars")

    def __str__(self) -> str:
        return self.name or self.place

    @property
    def oauth_provider(self) -> str:
        return self.provider

    @property
    def login(self) -> str:
        return self.username

    @property
    def place(self) -> str:
        """Where it is, in words: the provider, or the address of its server."""
        return str(self.Provider(self.provider).label) if self.uses_oauth else self.address

    def use_password(self) -> None:
        """It is at a CalDAV server now, if it wasn't before."""
        self.provider = self.Provider.CALDAV
        self.clear_fields("refresh_token", "access_token")

    def forget_events(self) -> None:
        """Another calendar is read from its beginning."""
        self.events.all().delete()
        self.cursor = self.path = self.name = ""

    @property
    def url(self) -> str:
        return urljoin(self.address, self.path)

    @property
    def needs_choice(self) -> bool:
        """Whether its owner has to choose a calendar, for the first time or because the last one is gone."""
        return not self.path or self.problem.startswith("calendar_gone")

    @property
    def has_lost_access(self) -> bool:
        """Whether only its owner can make it work again."""
        return self.problem.partition(" ")[0] in ENDED

    @property
    def must_connect_again(self) -> bool:
        """Whether its owner has to give the permission of its provider once more."""
        return self.uses_oauth and self.has_lost_access and not self.needs_choice

    @property
    def own_addresses(self) -> set[str]:
        """The addresses that its owner has in events, in lower case."""
        own = {self.owner.email.lower(), *self.known_as.split()}
        return own | ({self.username.lower()} if "@" in self.username else set())

    @property
    def may_be_inside(self) -> bool:
        """Whether its server may be in our own network: only if an administrator has entered the same host for a shared mailbox."""
        host = urlsplit(self.address).hostname or ""
        return Mailbox.objects.shared().filter(imap_host__iexact=host).exists()

    def claim_for_sync(self, now: datetime) -> bool:
        """Whether this worker syncs the calendar now: of two that ask at once, only one does."""
        free = ConnectedCalendar.objects.filter(pk=self.pk, busy_until__lte=now)
        return bool(free.update(busy_until=now + LEASE))

    def record_success(self, now: datetime, *, again: bool) -> None:
        """With `again`, the rest follows at once."""
        self.problem, self.failures, self.notified, self.last_success_at = "", 0, False, now
        self.next_check_at = now if again else now + EVERY
        self.save(update_fields=["problem", "failures", "notified", "last_success_at", "next_check_at"])

    def record_failure(self, now: datetime, problem: str, retry_after: int = 0) -> None:
        """The pause doubles with each failure, up to an hour. It is never shorter than the server asks for."""
        self.problem, self.failures = problem[:300], self.failures + 1
        pause = min(EVERY * 2 ** min(self.failures - 1, 10), LONGEST_PAUSE)
        self.next_check_at = now + max(pause, timedelta(seconds=retry_after))
        self.save(update_fields=["problem", "failures", "next_check_at"])
