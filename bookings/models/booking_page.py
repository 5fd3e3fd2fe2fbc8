"""A booking page: who can be booked, when, and for how long. Its web form says what visitors are asked and what becomes of the answers."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from crm.fields.types.texts import one_line
from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.work.models.activity import LONGEST_PLACE
from intake.models import WebForm
from leads.models import Status

# Django's annotation expects validators that return nothing.
ONE_LINE: list[Any] = [one_line]
# Takes the place of the slug of a request in the kept statement.
SLUG = "?"
SLUG_TAKEN = "EXISTS (SELECT FROM bookings_bookingpage g WHERE g.slug = {old} AND g.id <> t.id)"
# Minutes between the times that are offered: for long and for short meetings.
STEP, SHORT_STEP = 30, 15


class BookingPageQuerySet(RetirableQuerySet):
    def visible_to(self, user):
        """Those whose web form is of a department that the user sees."""
        return self.filter(form__in=WebForm.objects.visible_to(user).values("pk"))

    def changeable_by(self, user):
        """The same; the permission is checked besides."""
        return self.visible_to(user)

    def published(self):
        return self.active().filter(published=True)

    def at(self, slug: str):
        return self.filter(slug=slug)

    def with_person(self, user: Any):
        return self.filter(people__contains=[user.pk])

    def with_status(self, status: Any):
        return self.filter(status=status)

    def by_name(self):
        return self.order_by("name", "id")

    def with_form(self):
        names = ("source", "department", "owner", "status", "status__pipeline")
        return self.select_related("form", "status", *(f"form__{name}" for name in names))


class BookingPage(Retirable):
    """`people` are the IDs of users, in the order in which they were chosen."""

    class Choice(models.TextChoices):
        TURN = "turn", _("in turn: who was booked longest ago")
        FIRST = "first", _("the first by name who is free")
        ALL = "all", _("everyone together")

    class Reminders(models.TextChoices):
        NONE = "none", pgettext_lazy("reminders", "none")
        DAY = "day", _("a day before")
        HOUR = "hour", _("an hour before")
        BOTH = "both", _("a day and an hour before")

    table: ClassVar[str] = "booking_page"

    name = models.CharField(
        _("name"),
        max_length=80,
        validators=ONE_LINE,
        help_text=_("Visitors see it as the title of the page and of the meeting."),
    )
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        db_index=False,
        help_text=_("The last part of the page’s address: letters, digits and hyphens."),
    )
    intro = models.TextField(_("introduction"), max_length=2_000, blank=True)
    published = models.BooleanField(
        _("published"), default=True, help_text=_("Visitors can open the page once it’s published.")
    )
    form = models.ForeignKey(
        WebForm,
        models.PROTECT,
        verbose_name=_("web form"),
        related_name="+",
        help_text=_(
            "Its questions are asked after a time is chosen. Its language, its colors, its limits against spam and what it says about "
            "new leads apply too."
        ),
    )
    people = ArrayField(models.BigIntegerField(), verbose_name=_("people"))
    choice = models.CharField(
        _("who is booked"),
        max_length=5,
        choices=Choice,
        default=Choice.TURN,
        help_text=_(
            "With several people. Together, all of them have to be free, and the first by name invites the others."
        ),
    )
    host_owns = models.BooleanField(
        _("new leads belong to the person who is booked"),
        default=True,
        help_text=_("Otherwise they get the owner that the web form says."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    minutes_before = models.PositiveSmallIntegerField(
        _("free minutes before"), default=0, validators=[MaxValueValidator(240)]
    )
    minutes_after = models.PositiveSmallIntegerField(
        _("free minutes after"), default=0, validators=[MaxValueValidator(240)]
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("notice in hours"),
        default=4,
        validators=[MaxValueValidator(720)],
        help_text=_("A meeting begins at least so many hours after it’s booked."),
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("days ahead"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("How far ahead visitors can book."),
    )
    most_a_day = models.PositiveSmallIntegerField(
        _("most bookings a day"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("Of each person through this page. Enter 0 for no limit."),
    )
    place = models.CharField(
        _("place"),
        max_length=LONGEST_PLACE,
        blank=True,
        validators=ONE_LINE,
        help_text=_("An address, a phone number or the link of a call."),
    )
    reminders = models.CharField(
        _("reminders"),
        max_length=4,
        choices=Reminders,
        default=Reminders.DAY,
        db_default=Reminders.NONE,
        help_text=_("Emails to the visitor. Later bookings get only the invitation."),
    )
    status = models.ForeignKey(
        Status,
        models.PROTECT,
        verbose_name=_("status"),
        related_name="+",
        null=True,
        blank=True,
        help_text=_("Leads move to it when a time is booked, as far as the rules of the status allow."),
    )

    undo = UndoRules(
        guards={
            "name": build_name_guard("bookings_bookingpage"),
            "slug": Guard("name_taken", SLUG_TAKEN),
        }
    )

    objects = BookingPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking page")
        verbose_name_plural = _("booking pages")
        triggers = build_change_triggers("booking_page")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get_published(cls, slug: str) -> "BookingPage | None":
        """With everything that its page and its leads need, by a statement that is compiled once."""
        found = get_records_compiled_once(
            _published_pages_queryset, [], moments=lambda values: [slug if v == SLUG else v for v in values]
        )
        return found[0] if found else None

    @cached_property
    def hosts(self) -> list[User]:
        """The people who can still be booked, by name."""
        return list(User.objects.active().filter(pk__in=self.people).by_name())

    @property
    def is_together(self) -> bool:
        return self.choice == self.Choice.ALL

    @property
    def label(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/book/{self.slug}"

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def step(self) -> timedelta:
        return timedelta(minutes=STEP if self.minutes >= STEP else SHORT_STEP)


def _published_pages_queryset(_ids: list[int]) -> BookingPageQuerySet:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return BookingPage.objects.published().at(SLUG).with_form()
