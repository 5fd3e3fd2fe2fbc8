"""Calendars that users have connected, and what is known of their events."""

from calendars.models.calendar_event import CalendarEvent, EventTime
from calendars.models.connected_calendar import ConnectedCalendar

__all__ = ["CalendarEvent", "ConnectedCalendar", "EventTime"]
