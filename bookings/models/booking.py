"""A booking: that a visitor planned this meeting through a booking page."""

from copy import copy
from datetime import datetime
from typing import Any

from django.db import models

from accounts.models import User
from bookings.models.booking_page import BookingPage
from crm.models import Activity
from crm.work.models.activity_dependent import OfActivityQuerySet
from intake.models import Submission


class BookingQuerySet(OfActivityQuerySet):
    def visible_to(self, user: Any):
        """Those through pages and on records that the user sees."""
        pages = BookingPage.objects.visible_to(user).values("pk")
        return self.filter(page__in=pages, activity__in=Activity.objects.visible_to(user).values("pk"))

    def changeable_by(self, user: Any):
        """Those of them whose meeting the user may change."""
        return self.visible_to(user).filter(activity__in=Activity.objects.changeable_by(user).values("pk"))

    def of_page(self, page: BookingPage):
        return self.filter(page=page)

    def of_record(self, of: str, pk: int):
        return self.filter(activity__of=of, activity__record=pk)

    def of_hosts(self, ids: list[int]):
        """Those that these people may be booked for: each alone, or together with others of the page."""
        together = models.Q(page__choice=BookingPage.Choice.ALL, page__people__overlap=ids)
        return self.filter(models.Q(activity__created_by__in=ids) | together)

    def standing(self):
        """Those that weren't canceled."""
        return self.filter(activity__deleted_at=None)

    def begins_between(self, first: datetime, end: datetime):
        return self.filter(activity__at__gte=first, activity__at__lt=end)

    def begins_after(self, moment: datetime):
        return self.filter(activity__at__gt=moment)

    def begins_until(self, moment: datetime):
        return self.filter(activity__at__lte=moment)

    def of_submission(self, submission: Submission):
        return self.filter(submission=submission)

    def planned(self):
        return self.standing().filter(activity__outcome=Activity.Plan.PLANNED)

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def newest_first(self):
        return self.order_by("-pk")

    def with_meeting(self):
        return self.select_related("activity__created_by", "page__form", "page__status", "submission")

    def with_invitations(self):
        """For the addresses of many visitors."""
        return self.with_meeting().prefetch_related("activity__invitations")

    def count_coming(self, pages: list[BookingPage]) -> dict[int, int]:
        """How many meetings are still to come, by the ID of the page."""
        rows = self.planned().filter(page__in=pages)
        return dict(rows.values_list("page").annotate(number=models.Count("pk")).order_by())

    def get_last_by_host(self, page: BookingPage) -> dict[int, int]:
        """The ID of the newest booking of each person who was booked through the page."""
        rows = self.of_page(page).values_list("activity__created_by").annotate(newest=models.Max("pk"))
        return dict(rows.order_by())


class Booking(models.Model):
    """When the meeting is, who holds it and whether it was canceled is in its activity, which colleagues may change too. `zone` is
    the time zone that the visitor chose.

    It isn't tracked: it is part of the operation that booked the meeting.
    """

    page = models.ForeignKey(BookingPage, models.PROTECT, related_name="bookings")
    # Without a constraint: its record may be deleted permanently, and come back by an undo.
    activity: Any = models.OneToOneField(Activity, models.DO_NOTHING, db_constraint=False, related_name="+")
    submission = models.OneToOneField(Submission, models.CASCADE, related_name="+")
    zone = models.CharField(max_length=50)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.page)

    @property
    def page_as_booked(self) -> BookingPage:
        """The page with the length that the meeting has by now, which colleagues may have changed, and with everyone who has it:
        it moves only to a time at which all of them are free."""
        found = copy(self.page)
        found.minutes, found.choice = self.activity.minutes or found.minutes, BookingPage.Choice.ALL
        found.hosts = self.hosts
        return found

    @property
    def hosts(self) -> list[User]:
        """The author of the meeting, and the others of the page who are invited to it."""
        author: Any = self.activity.created_by
        invited = {address.lower() for address in self.activity.invited_addresses}
        others = [each for each in self.page.hosts if each.email.lower() in invited and each != author]
        return [author, *others]

    @property
    def visitor_email(self) -> str:
        """What the visitor typed, in lower case. A web form may delete its answers before the meeting: then it is whom the meeting
        invited first, which it keeps as any meeting does. '' once the person was erased, which empties both."""
        if self.submission.email:
            return self.submission.email
        first = min(self.activity.invitations.all(), key=lambda each: each.pk, default=None)
        return first.to[0].lower() if first and first.to else ""

    @property
    def visitor_address(self) -> str:
        """The address at which the visitor is invited; '' once they no longer are."""
        own = self.visitor_email
        return next((each for each in self.activity.invited_addresses if each.lower() == own), "")
