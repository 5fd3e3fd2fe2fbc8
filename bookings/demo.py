"""The booking page of the demo company, with the questions of its web form."""

from accounts.models import User
from bookings.form_obstacles import get_form_obstacle
from bookings.models import BookingPage
from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from crm.records.history.verb_execution import operation
from intake.models import WebForm

PEOPLE = 3


def add_booking_page(total: int, say: Say) -> None:
    """Once: a company that has booking pages keeps them."""
    form = WebForm.objects.published().by_name().first()
    if BookingPage.objects.exists() or form is None or get_form_obstacle(form):
        return
    hosts = User.objects.active().in_departments([form.department_id]).distinct().by_name()[:PEOPLE]
    page = BookingPage(
        name="Cold chain consultation",
        slug="consultation",
        intro="Half an hour with one of our experts, by phone or video. Choose a time that suits you.",
        form=form,
        people=[host.pk for host in hosts],
        minutes_after=15,
        place="https://meet.example/cold-chain",
    )
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        page.save()


PARTS = [DemoPart(grow=add_booking_page)]
