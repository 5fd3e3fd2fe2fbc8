"""Calendars at Google, which answer as its documents say.

https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from tests.calendars.connections.provider_serving import (
    OWNER,
    WEEK,
    Answer,
    ProviderEvent,
    ProviderServer,
    as_moment,
)


class GoogleCalendars(ProviderServer):
    prefix = "/calendar/v3"

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        match [unquote(part) for part in path.removeprefix(f"{self.prefix}/").split("/")]:
            case ["users", "me", "calendarList"]:
                assert query["minAccessRole"] == "writer"
                own = {"id": OWNER, "summary": "Bob", "primary": True, "accessRole": "owner"}
                return 200, {"items": [own, {"id": "team@group.example", "summary": "Team"}]}
            case ["calendars", _name, *_rest] if self.calendar_is_gone:
                return 404, {"error": {"code": 404}}
            case ["calendars", _name, "events"] if method == "GET":
                return self.list_events(query)
            case ["calendars", _name, "events"]:
                return self.insert(body)
            case ["calendars", _name, "events", name, "instances"]:
                return self.list_times(name, query)
            case ["calendars", _name, "events", name]:
                return self.answer_event(method, name, body, headers)
        return 404, None

    def list_events(self, query: dict[str, str]) -> Answer:
        since = int(query.get("syncToken", 0))
        assert not ("syncToken" in query and "timeMin" in query)
        assert query["showDeleted"] == "true"
        if since < self.calendar.forgotten and "syncToken" in query:
            return 410, {"error": {"code": 410, "errors": [{"reason": "fullSyncRequired"}]}}
        earliest = datetime.fromisoformat(query.get("timeMin", "0002-01-01T00:00:00+00:00"))
        rows = []
        for event in self.calendar.events.values():
            last = event.ends + max(event.weekly - 1, 0) * WEEK
            if event.number > since and as_moment(last) > earliest:
                rows.append(self.render(event))
            for number, one in event.exceptions.items():
                if one is None and (not since or event.id in str(self.calendar.removed_times)):
                    start = self.render_moment(event.begins + number * WEEK)
                    rows.append(
                        {
                            "id": f"{event.id}_{number}",
                            "status": "cancelled",
                            "recurringEventId": event.id,
                            "originalStartTime": start,
                        }
                    )
                elif one is not None and one.number > since:
                    rows.append(self.render(one, event, number))
        found, following = self.build_page(rows, int(query.get("pageToken", 0)))
        if following:
            return 200, {"items": found, "nextPageToken": str(following)}
        return 200, {"items": found, "nextSyncToken": str(self.calendar.number)}

    def list_times(self, name: str, query: dict[str, str]) -> Answer:
        series = self.calendar.events.get(name)
        if series is None or series.gone:
            return 404, None
        times = series.build_times()
        if "originalStart" in query:
            wanted = query["originalStart"]
            times = {n: one for n, one in times.items() if self.get_original(series, n) == wanted}
        else:
            limits = [datetime.fromisoformat(query[key]) for key in ("timeMin", "timeMax")]
            times = {
                n: one
                for n, one in times.items()
                if limits[0] < as_moment(one.ends) and as_moment(one.begins) < limits[1]
            }
        return 200, {"items": [self.render(one, series, number) for number, one in times.items()]}

    def insert(self, body: dict[str, Any]) -> Answer:
        assert set(body["id"]) <= set("0123456789abcdefghijklmnopqrstuv")
        if body["id"] in self.calendar.events:
            return 409, {"error": {"errors": [{"reason": "duplicate"}]}}
        event = ProviderEvent(body["id"], "", None, None)
        self.calendar.events[body["id"]] = event
        return self.write(event, body)

    def write(self, event: ProviderEvent, body: dict[str, Any]) -> Answer:
        event.title, event.place = body.get("summary", event.title), body.get("location", event.place)
        for name, key in (("begins", "start"), ("ends", "end")):
            if key in body:
                setattr(event, name, datetime.fromisoformat(body[key]["dateTime"]).astimezone(UTC))
        event.own |= {key: body[key] for key in ("description", "source") if key in body}
        event.gone = event.gone and body.get("status") != "confirmed"
        self.calendar.note(event)
        return 200, self.render(event)

    def answer_event(self, method: str, name: str, body: Any, headers: Any) -> Answer:
        event, series, number = self.calendar.find(name)
        if event is None:
            return 404, None
        if method == "GET":
            return 200, self.render(event, series, number)
        if not self.check_version(event, headers):
            return 412, None
        if method == "DELETE" and event.gone:
            return 410, None
        if series and method == "DELETE":
            self.calendar.cancel_time(series, number)
            return 204, None
        if series:
            event = self.calendar.change_time(series, number)
        if method == "DELETE":
            self.calendar.delete(event)
            return 204, None
        return self.write(event, body)

    def get_original(self, series: ProviderEvent, number: int) -> str:
        return (series.begins + number * WEEK).isoformat()

    def render_moment(self, moment: Any) -> dict[str, str]:
        if isinstance(moment, datetime):
            return {"dateTime": moment.isoformat().replace("+00:00", "Z"), "timeZone": "UTC"}
        return {"date": moment.isoformat()}

    def render(
        self, event: ProviderEvent, series: ProviderEvent | None = None, number: int = 0
    ) -> dict[str, Any]:
        if event.gone:
            return {"id": event.id, "status": "cancelled", "etag": event.etag}
        item = {
            "id": event.id,
            "status": "confirmed",
            "etag": event.etag,
            "iCalUID": f"{event.id}@google.com",
            "summary": event.title,
            "updated": event.updated.isoformat().replace("+00:00", "Z"),
            "start": self.render_moment(event.begins),
            "end": self.render_moment(event.ends),
            "organizer": {"email": event.organizer, "self": event.organizer == OWNER},
            "attendees": [{"email": who, "responseStatus": said} for who, said in event.guests.items()],
        }
        item |= {"location": event.place} if event.place else {}
        item |= {"transparency": "transparent"} if event.free else {}
        item |= {"visibility": "private"} if event.private else {}
        item |= {"recurrence": [f"RRULE:FREQ=WEEKLY;COUNT={event.weekly}"]} if event.weekly else {}
        if series:
            start = self.render_moment(series.begins + number * WEEK)
            item |= {"recurringEventId": series.id, "originalStartTime": start}
        return item | event.own
