"""Calendars at Microsoft, which answer as its documents say.

https://learn.microsoft.com/en-us/graph/api/resources/event
"""

from collections.abc import Iterator
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


class MicrosoftCalendars(ProviderServer):
    prefix = "/v1.0"

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        assert 'outlook.timezone="UTC"' in headers["Prefer"]
        match [unquote(part) for part in path.removeprefix(f"{self.prefix}/").split("/")]:
            case ["me", "calendars"]:
                owner = {"name": "Bob", "address": OWNER.title()}
                own = {
                    "id": "AAMk=1",
                    "name": "Calendar",
                    "canEdit": True,
                    "isDefaultCalendar": True,
                    "owner": owner,
                }
                return 200, {"value": [own, {"id": "AAMk=2", "name": "Holidays", "canEdit": False}]}
            case ["me", "calendars", *_rest] if self.calendar_is_gone:
                return 404, {"error": {"code": "ErrorItemNotFound"}}
            case ["me", "calendars", _name, "calendarView", "delta"]:
                return self.list_events(query)
            case ["me", "calendars", _name, "events"]:
                return self.insert(body)
            case ["me", "events", name, "instances"]:
                return self.list_times(name, query)
            case ["me", "events", name]:
                return self.answer_event(method, name, body, headers)
        return 404, None

    def list_events(self, query: dict[str, str]) -> Answer:
        if "$deltatoken" in query:
            since, begin, *period = query["$deltatoken"].split("|")
        else:
            since, begin, period = "-1", "0", [query["startDateTime"], query["endDateTime"]]
        if int(since) < self.calendar.forgotten and since != "-1":
            return 410, {"error": {"code": "SyncStateNotFound"}}
        limits = [datetime.fromisoformat(text) for text in period]
        rows = [
            row
            for event in self.calendar.events.values()
            for row in self.list_rows(event, int(since), limits)
        ]
        if since != "-1":
            gone = [name for number, name in self.calendar.removed_times.items() if number > int(since)]
            rows += [{"id": name, "@removed": {"reason": "deleted"}} for name in gone]
        found, following = self.build_page(rows, int(begin))
        place = f"{self.address}/me/calendars/AAMk%3D1/calendarView/delta?$deltatoken="
        if following:
            return 200, {
                "value": found,
                "@odata.nextLink": f"{place}{since}|{following}|{period[0]}|{period[1]}",
            }
        return 200, {
            "value": found,
            "@odata.deltaLink": f"{place}{self.calendar.number}|0|{period[0]}|{period[1]}",
        }

    def list_rows(self, event: ProviderEvent, since: int, limits: list[datetime]) -> Iterator[dict[str, Any]]:
        """A series with the times that have changed, of which the regular ones have only their start and end."""
        if event.gone:
            if event.number > since and since >= 0:
                yield {"id": event.id, "@removed": {"reason": "deleted"}}
            return
        times = event.build_times() if event.weekly else {0: event}
        if not any(
            limits[0] < as_moment(one.ends) and as_moment(one.begins) < limits[1] for one in times.values()
        ):
            return
        if event.number > since:
            yield self.render(event)
        for number, one in times.items() if event.weekly else ():
            if one.number > since:
                whole = self.render(one, event, number)
                short = ("id", "type", "seriesMasterId", "start", "end")
                yield whole if whole["type"] == "exception" else {name: whole[name] for name in short}

    def list_times(self, name: str, query: dict[str, str]) -> Answer:
        series = self.calendar.events.get(name)
        if series is None or series.gone:
            return 404, {"error": {"code": "ErrorItemNotFound"}}
        limits = [datetime.fromisoformat(query[key]) for key in ("startDateTime", "endDateTime")]
        times = {
            number: one
            for number, one in series.build_times().items()
            if limits[0] < as_moment(one.ends) and as_moment(one.begins) < limits[1]
        }
        return 200, {"value": [self.render(one, series, number) for number, one in times.items()]}

    def insert(self, body: dict[str, Any]) -> Answer:
        for event in self.calendar.list_present():
            if event.own.get("transactionId") == body["transactionId"]:
                return 409, {"error": {"code": "ErrorDuplicateTransactionId"}}
        name = f"AAMkAD={len(self.calendar.events) + 1}"
        event = ProviderEvent(name, "", None, None, own={"transactionId": body["transactionId"]})
        self.calendar.events[name] = event
        return self.write(event, body, 201)

    def write(self, event: ProviderEvent, body: dict[str, Any], status: int = 200) -> Answer:
        event.title = body.get("subject", event.title)
        event.place = body.get("location", {}).get("displayName", event.place)
        for name, key in (("begins", "start"), ("ends", "end")):
            if key in body:
                assert body[key]["timeZone"] == "UTC"
                setattr(event, name, datetime.fromisoformat(body[key]["dateTime"]).replace(tzinfo=UTC))
        event.own |= {key: body[key] for key in ("body",) if key in body}
        self.calendar.note(event)
        return status, self.render(event)

    def answer_event(self, method: str, name: str, body: Any, headers: Any) -> Answer:
        event, series, number = self.calendar.find(name)
        if event is None or event.gone:
            return 404, {"error": {"code": "ErrorItemNotFound"}}
        if method == "GET":
            return 200, self.render(event, series, number)
        if not self.check_version(event, headers):
            return 412, {"error": {"code": "ErrorIrresolvableConflict"}}
        if series and method == "DELETE":
            self.calendar.cancel_time(series, number)
            return 204, None
        if series:
            event = self.calendar.change_time(series, number)
        if method == "DELETE":
            self.calendar.delete(event)
            return 204, None
        return self.write(event, body)

    def render_moment(self, moment: Any) -> dict[str, str]:
        return {"dateTime": f"{as_moment(moment):%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}

    def render(
        self, event: ProviderEvent, series: ProviderEvent | None = None, number: int = 0
    ) -> dict[str, Any]:
        item = {
            "id": event.id,
            "@odata.etag": event.etag,
            "iCalUId": f"040000{event.id}",
            "type": "seriesMaster" if event.weekly else "singleInstance",
            "subject": event.title,
            "location": {"displayName": event.place},
            "start": self.render_moment(event.begins),
            "end": self.render_moment(event.ends),
            "isAllDay": not isinstance(event.begins, datetime),
            "showAs": "free" if event.free else "busy",
            "sensitivity": "private" if event.private else "normal",
            "isCancelled": False,
            "lastModifiedDateTime": event.updated.isoformat().replace("+00:00", "Z"),
            "organizer": {"emailAddress": {"address": event.organizer}},
            "attendees": [
                {"type": "required", "status": {"response": said}, "emailAddress": {"address": who}}
                for who, said in event.guests.items()
            ],
        }
        if series:
            kind = "exception" if number in series.exceptions else "occurrence"
            start = as_moment(series.begins + number * WEEK).isoformat().replace("+00:00", "Z")
            item |= {"type": kind, "seriesMasterId": series.id, "originalStart": start}
        return item | event.own
