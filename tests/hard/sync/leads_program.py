"""Keeps the leads of Leadwell and the people of another CRM the same, with a client that openapi-python-client has generated.

Run it as often as you like. It ends when both have nothing new, and whatever stops it, the next run goes on:

- It remembers for each pair the values on which both agreed, with the version of each. A field that has changed on one side only
  is written to the other. If it has changed on both, Leadwell's value is kept.
- Each write says which version it was made for. If the record has changed since, it is read again and compared again.
- What it adds, it writes down first, with a key. If no reply comes, it sends the same again, and nothing is added twice.
"""

import json
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
from leadwell import AuthenticatedClient
from leadwell.api.leads import (
    batch_write_leads,
    change_lead,
    delete_lead,
    get_lead,
    list_changes_in_leads,
    list_leads,
)
from leadwell.models import (
    BatchResult,
    Lead,
    LeadBatchRecordRequest,
    LeadBatchRequest,
    PatchedLeadFieldsRequest,
    Problem,
)

FIELDS = ("last_name", "email", "phone", "city")
# The custom field of leads with the id of the person, whose values are unique.
PERSON = os.environ["PERSON_FIELD"]
PAGE = 200

Values = dict[str, str]


class Patience(httpx.HTTPTransport):
    """Waits as long as a reply says, and repeats a call whose reply didn't come: each call here is safe to repeat."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        for _again in range(20):
            try:
                reply = super().handle_request(request)
                reply.read()
            except httpx.TransportError:
                time.sleep(0.01)
                continue
            if reply.status_code not in (429, 503):
                return reply
            time.sleep(float(reply.headers.get("Retry-After", 1)))
        raise SystemExit("No reply after 20 calls.")


LEADWELL = AuthenticatedClient(
    base_url=os.environ["LEADWELL_URL"],
    token=os.environ["LEADWELL_TOKEN"],
    raise_on_unexpected_status=True,
    httpx_args={"transport": Patience()},
    timeout=httpx.Timeout(120),
)
OTHER = httpx.Client(base_url=os.environ["OTHER_URL"], transport=Patience(), timeout=120)
STATE = sqlite3.connect(os.environ["STATE"])
STATE.row_factory = sqlite3.Row
STATE.executescript(
    """CREATE TABLE IF NOT EXISTS pair (lead INTEGER PRIMARY KEY, lead_version INTEGER, person INTEGER UNIQUE,
         person_version INTEGER, agreed TEXT, key TEXT, gone INTEGER DEFAULT 0);
       CREATE TABLE IF NOT EXISTS cursor (name TEXT PRIMARY KEY, value TEXT);
       CREATE TABLE IF NOT EXISTS batch (key TEXT PRIMARY KEY, body TEXT)"""
)


def main() -> None:
    # A batch that may have arrived before the program was stopped.
    for key, body in STATE.execute("SELECT key, body FROM batch").fetchall():
        send_batch(key, json.loads(body))
    if get_cursor("leadwell") is None:
        read_all_leads()
    while any([read_changed_leads(), read_changed_people()]):
        pass


# What comes from Leadwell


def read_all_leads() -> None:
    # Kept before anything is read: what is deleted after the program has added its person is among the changes since this cursor,
    # also if the program is stopped in between and reads the list again.
    if get_cursor("begin") is None:
        keep_cursor("begin", expect(list_changes_in_leads.sync(client=LEADWELL)).next_)
    after: Any = get_cursor("list")
    while True:
        page = expect(list_leads.sync(client=LEADWELL, limit=PAGE, **({"after": after} if after else {})))
        for lead in page.leads:
            take_lead(lead)
        after = page.next_
        if after is None:
            break
        # A program that was stopped goes on with this page.
        keep_cursor("list", after)
    keep_cursor("leadwell", get_cursor("begin"))


def read_changed_leads() -> bool:
    """Whether anything was new."""
    changed = expect(list_changes_in_leads.sync(client=LEADWELL, since=get_cursor("leadwell"), limit=PAGE))
    for change in changed.changes:
        if change.record:
            take_lead(change.record)
        else:
            delete_person_of(change.id)
    keep_cursor("leadwell", changed.next_)
    return bool(changed.changes)


def take_lead(lead: Lead) -> None:
    pair = get_pair("lead", lead.id)
    if pair and pair["gone"]:
        # It was restored: the other CRM gets a new person.
        STATE.execute("DELETE FROM pair WHERE lead = ?", [lead.id])
        pair = None
    if pair is None:
        # Written down before it is sent: if the program is stopped in between, these are the values on which both agree.
        STATE.execute(
            "INSERT INTO pair (lead, lead_version, agreed, key) VALUES (?, ?, ?, ?)",
            [lead.id, lead.version, json.dumps(get_lead_values(lead)), f"lead-{lead.id}-{lead.version}"],
        )
        STATE.commit()
        pair = get_pair("lead", lead.id)
    if pair["person"] is None:
        agree(pair, lead=lead, person=add_person(pair))
    elif get_lead_values(lead) != json.loads(pair["agreed"]):
        agree(pair, lead=lead)
    else:
        keep_versions(pair, lead_version=lead.version)


def delete_person_of(lead: int) -> None:
    pair = get_pair("lead", lead)
    if pair and not pair["gone"]:
        # Without an ID, the program was stopped while it added the person, which exists or not.
        person = pair["person"] or add_person(pair)["id"]
        OTHER.delete(f"/people/{person}").raise_for_status()
        mark_gone(pair)


def add_person(pair: Any) -> dict[str, Any]:
    """The person with the key of the pair, who may exist already."""
    sent = {"key": pair["key"], "values": json.loads(pair["agreed"])}
    return OTHER.post("/people", json=sent).raise_for_status().json()


# What comes from the other CRM


def read_changed_people() -> bool:
    """Whether anything was new."""
    answer = OTHER.get("/people", params={"after": get_cursor("other") or 0}).raise_for_status().json()
    records = [record for person in answer["people"] for record in take_person(person)]
    if records:
        key = str(uuid.uuid4())
        STATE.execute("INSERT INTO batch VALUES (?, ?)", [key, json.dumps(records)])
        STATE.commit()
        send_batch(key, records)
    keep_cursor("other", str(answer["next"]))
    return bool(answer["people"])


def take_person(person: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is to be written to Leadwell in the next batch, together with the person that it is from."""
    pair = get_pair("person", person["id"])
    if pair is None and person["key"]:
        # The program was stopped before it could keep the id of the person that it had added.
        pair = STATE.execute("SELECT * FROM pair WHERE key = ?", [person["key"]]).fetchone()
        if pair and pair["person"] is None:
            return
    if pair is None:
        if not person["deleted"] and not person["key"]:
            own = {"custom_fields": {PERSON: str(person["id"])}}
            yield {"person": person, "record": {**person["values"], **own}}
    elif pair["gone"]:
        pass
    elif person["deleted"]:
        expect(delete_lead.sync(str(pair["lead"]), client=LEADWELL), missing=True)
        mark_gone(pair)
    elif person["values"] == json.loads(pair["agreed"]):
        keep_versions(pair, person_version=person["version"])
    else:
        record = {"id": pair["lead"], "version": pair["lead_version"], **person["values"]}
        yield {"person": person, "record": record}


def send_batch(key: str, records: list[dict[str, Any]]) -> None:
    body = LeadBatchRequest(
        records=[LeadBatchRecordRequest.from_dict(one["record"]) for one in records], match=PERSON
    )
    answer = expect(batch_write_leads.sync(client=LEADWELL, body=body, idempotency_key=key))
    for one, result in zip(records, answer.results, strict=True):
        take_result(one["person"], one["record"], result)
    STATE.execute("DELETE FROM batch WHERE key = ?", [key])
    STATE.commit()


def take_result(person: dict[str, Any], record: dict[str, Any], result: BatchResult) -> None:
    if result.status in (200, 201):
        STATE.execute(
            """INSERT INTO pair (lead, lead_version, person, person_version, agreed) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (lead) DO UPDATE SET lead_version = excluded.lead_version, person_version = excluded.person_version,
                 agreed = excluded.agreed""",
            [result.id, result.version, person["id"], person["version"], json.dumps(person["values"])],
        )
    elif result.status == 412:
        lead = read_lead(record["id"])
        if lead:
            agree(get_pair("person", person["id"]), lead=lead, person=person)
    elif result.status != 404:
        raise SystemExit(f"Person {person['id']} was refused: {result.detail} {result.errors}")


# Both


def agree(pair: Any, *, lead: Lead, person: dict[str, Any] | None = None) -> None:
    """Write to both sides what has changed on one of them, until both have the same values. `person` is None if it is as it was
    agreed, as far as is known."""
    agreed = json.loads(pair["agreed"])
    person = person or {
        "id": pair["person"],
        "version": pair["person_version"],
        "values": agreed,
        "deleted": False,
    }
    while True:
        if person["deleted"]:
            # It comes with the changes of the other CRM.
            keep_pair(pair, lead.version, person, agreed)
            return
        ours, theirs = get_lead_values(lead), person["values"]
        wanted = {name: ours[name] if ours[name] != agreed[name] else theirs[name] for name in FIELDS}
        if wanted != theirs:
            changes = {"version": person["version"], "values": get_difference(theirs, wanted)}
            reply = OTHER.patch(f"/people/{person['id']}", json=changes)
            person = reply.json()
            if reply.status_code == 409:
                continue
        if wanted != ours:
            body = PatchedLeadFieldsRequest.from_dict(get_difference(ours, wanted))
            change_lead.sync(str(lead.id), client=LEADWELL, body=body, if_match=f'"{lead.version}"')
            read = read_lead(lead.id)
            if read is None:
                return
            lead = read
            if get_lead_values(lead) != wanted:
                continue
        keep_pair(pair, lead.version, person, wanted)
        return


def read_lead(pk: int) -> Lead | None:
    """The lead as it is now; None if it was deleted, or merged into another one, which Leadwell returns then."""
    lead = expect(get_lead.sync(str(pk), client=LEADWELL), missing=True)
    return lead if lead and lead.id == pk else None


def get_difference(values: Values, wanted: Values) -> Values:
    return {name: wanted[name] for name in FIELDS if wanted[name] != values[name]}


def get_lead_values(lead: Lead) -> Values:
    return {name: getattr(lead, name) for name in FIELDS}


def expect(answer: Any, *, missing: bool = False) -> Any:
    """What was asked for, or None if `missing` is fine and there is no such record."""
    if isinstance(answer, Problem):
        if missing and answer.status == 404:
            return None
        raise SystemExit(f"{answer.status} {answer.code}: {answer.detail}")
    return answer


# What the program remembers


def get_pair(side: str, pk: int) -> Any:
    return STATE.execute(f"SELECT * FROM pair WHERE {side} = ?", [pk]).fetchone()


def keep_pair(pair: Any, lead_version: int, person: dict[str, Any], agreed: Values) -> None:
    STATE.execute(
        "UPDATE pair SET lead_version = ?, person = ?, person_version = ?, agreed = ? WHERE lead = ?",
        [lead_version, person["id"], person["version"], json.dumps(agreed), pair["lead"]],
    )
    STATE.commit()


def keep_versions(pair: Any, **versions: int) -> None:
    for name, version in versions.items():
        STATE.execute(f"UPDATE pair SET {name} = ? WHERE lead = ?", [version, pair["lead"]])


def mark_gone(pair: Any) -> None:
    STATE.execute("UPDATE pair SET gone = 1 WHERE lead = ?", [pair["lead"]])
    STATE.commit()


def get_cursor(name: str) -> str | None:
    row = STATE.execute("SELECT value FROM cursor WHERE name = ?", [name]).fetchone()
    return row and row[0]


def keep_cursor(name: str, value: str | None) -> None:
    STATE.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", [name, value])
    STATE.commit()


main()
