"""What connected calendars add to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage
from calendars.busy_times import get_calendar_times
from calendars.calendar_uses import find_calendar_uses
from calendars.verbs import EVENTS, OF_MEETINGS
from product.contribution import Contribution, Navigation

CONTRIBUTION = Contribution(
    jobs=("calendars.jobs",),
    notifications=("calendars.notifications",),
    verbs=("calendars.verbs",),
    busy_times=(get_calendar_times,),
    uses=(find_calendar_uses,),
    webhook_events=EVENTS,
    navigation=Navigation(profile=[SettingsPage(_("Connected calendar"), "own_calendar", "", "calendar")]),
    followed_meetings=OF_MEETINGS,
    lead_activity_verbs=OF_MEETINGS,
)
