"""URLs of connected calendars."""

from django.urls import path

from calendars.views import own_calendar, own_calendar_form, own_calendar_provider

urlpatterns = [
    path("profile/connected-calendar", own_calendar.own_calendar, name="own_calendar"),
    path("profile/connected-calendar/edit", own_calendar_form.own_calendar_edit, name="own_calendar_edit"),
    path(
        "profile/connected-calendar/choose", own_calendar_form.own_calendar_choose, name="own_calendar_choose"
    ),
    path(
        "profile/connected-calendar/connect/<slug:provider>",
        own_calendar_provider.own_calendar_connect,
        name="own_calendar_connect",
    ),
    path(
        "profile/connected-calendar/back", own_calendar_provider.own_calendar_back, name="own_calendar_back"
    ),
    path("profile/connected-calendar/sync", own_calendar.own_calendar_sync, name="own_calendar_sync"),
    path("profile/connected-calendar/remove", own_calendar.own_calendar_remove, name="own_calendar_remove"),
]
