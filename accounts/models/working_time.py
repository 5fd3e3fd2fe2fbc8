"""The working calendar: the working hours of each department, its holidays, and the absences of users."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.department import Department


class WorkingHoursQuerySet(models.QuerySet):
    def of_department(self, department: Department):
        return self.filter(department=department)

    def in_order(self):
        return self.order_by("department", "weekday")


class WorkingHours(models.Model):
    """One working day of a department's week. A department without any has the usual week (accounts/working_time/calendar.py)."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="working_hours")
    # Monday is 0, as in Python.
    weekday = models.PositiveSmallIntegerField(choices=list(WEEKDAYS.items()))
    opens = models.TimeField()
    closes = models.TimeField()

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = [
            models.UniqueConstraint(fields=["department", "weekday"], name="working_hours_once"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="working_hours_end_later"),
        ]


class HolidayQuerySet(models.QuerySet):
    def from_day(self, day: date):
        return self.filter(day__gte=day)

    def between(self, first: date, last: date):
        return self.filter(day__gte=first, day__lte=last)

    def in_order(self):
        return self.order_by("day", "department__name", "id")

    def with_departments(self):
        return self.select_related("department")

    def visible_to(self, user):
        """Those of all departments, and those of the departments that the user sees."""
        return (
            self
            if user.sees_everything
            else self.filter(Q(department=None) | Q(department__in=user.department_ids))
        )

    def changeable_by(self, user):
        """Only users who see all departments change holidays of all departments."""
        return self if user.sees_everything else self.filter(department__in=user.department_ids)


class Holiday(models.Model):
    """A day on which a department doesn't work, or all of them don't."""

    day = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=100)
    department = models.ForeignKey(
        Department,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="holidays",
    )

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "department"],
                name="holiday_once",
                nulls_distinct=False,
                violation_error_message=_("This day is already a holiday there."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AbsenceQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)

    def of_user_ids(self, ids):
        return self.filter(user__in=ids)

    def of_users(self, users):
        return self.filter(user__in=users.values("pk"))

    def replaced_by(self, user):
        return self.filter(substitute=user)

    def on(self, day: date):
        return self.filter(first__lte=day, last__gte=day)

    def overlapping(self, first: date, last: date):
        return self.filter(first__lte=last, last__gte=first)

    def not_over(self, day: date):
        return self.filter(last__gte=day)

    def in_order(self):
        return self.order_by("first", "user__name", "id")

    def with_people(self):
        return self.select_related("user", "substitute")


class Absence(models.Model):
    """The days on which a user is away, both included. The substitute gets their reminders on these days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=pgettext_lazy("a user", "substitute"),
        related_name="+",
        help_text=_("Gets the reminders on these days."),
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")),
                name="absence_ends_later",
                violation_error_message=_("The last day is before the first."),
            ),
        ]
        indexes = [models.Index(fields=["user", "last"], name="absence_of_user")]
