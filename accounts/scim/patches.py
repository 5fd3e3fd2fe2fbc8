"""Reading a PATCH (RFC 7644, section 3.5.2), also as Microsoft Entra and Okta write it: "Replace" with a capital letter,
paths as the keys of a value, and no path at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.scim.filters import name_of
from accounts.scim.problems import refusal, unchangeable
from accounts.scim.wanted import Wanted

MOST = 1_000
# Attributes of SCIM that Leadwell doesn't have: identity providers send them, and they change nothing.
IGNORED = {
    "schemas", "meta", "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone",
    "password", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates",
    "emails", "name",
}  # fmt: skip
READ_ONLY = {"id", "groups"}
PATH = re.compile(r"^(?P<name>[A-Za-z$][\w$-]*)(?P<filter>\[[^\]]*\])?(?P<sub>\.[A-Za-z$][\w$-]*)?$")


@dataclass(frozen=True)
class Step:
    """One operation on one path: add, replace or remove; `path` as it was sent, '' for none."""

    act: str
    path: str
    value: Any


def steps_of(body: dict[str, Any]) -> Iterator[Step]:
    """Each operation for each of its paths. Raises ScimProblem with invalidSyntax or noTarget."""
    asked = {name.lower(): value for name, value in body.items()}.get("operations")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise refusal(400, "The body needs a list of Operations.", "invalidSyntax")
    if len(asked) > MOST:
        raise refusal(413, f"A call has at most {MOST} operations.")
    for one in asked:
        act, path, value = str(one.get("op", "")).lower(), one.get("path") or "", one.get("value")
        if act not in ("add", "replace", "remove") or not isinstance(path, str):
            raise refusal(
                400, "An operation is add, replace or remove, with a path as a text.", "invalidSyntax"
            )
        if path:
            yield Step(act, path, value)
        elif act == "remove":
            raise refusal(400, "remove needs a path.", "noTarget")
        elif not isinstance(value, dict):
            raise refusal(400, "Without a path, the value has to be an object.", "invalidValue")
        else:
            yield from (Step(act, name, part) for name, part in value.items())


def wanted_by(body: dict[str, Any]) -> Wanted:
    """What the operations want to change of a user; later ones win."""
    wanted = Wanted()
    for step in steps_of(body):
        _take(wanted, step)
    return wanted


def _take(wanted: Wanted, step: Step) -> None:
    name = name_of(step.path)
    value = None if step.act == "remove" else step.value
    if name == "active" and step.act == "remove":
        raise unchangeable("active can't be removed. Replace it with false to deactivate the user.")
    if wanted.take(name, value) or name.startswith("urn:"):
        return
    found = PATH.match(name)
    if found is None:
        raise refusal(400, f"The path {step.path[:100]!r} can't be read.", "invalidPath")
    if found["name"] in READ_ONLY:
        raise unchangeable(f"{found['name']} is read-only.")
    if found["name"] not in IGNORED:
        raise refusal(400, f"The attribute {step.path[:100]!r} is unknown.", "invalidPath")


def members_of(step: Step) -> list[str] | None:
    """The ids that a step on the members of a group names; None if it names none, which is all of them."""
    inside = re.match(r'^members\[\s*value\s+eq\s+"([^"]*)"\s*\]$', step.path, re.IGNORECASE)
    if inside:
        return [inside[1]]
    if step.value is None:
        return None
    entries = step.value if isinstance(step.value, list) else [step.value]
    return [member_of(entry) for entry in entries]


def member_of(entry: Any) -> str:
    """The id of a member, written as {"value": "7"} or just "7"."""
    value = entry.get("value") if isinstance(entry, dict) else entry
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise refusal(400, 'members has to be a list such as [{"value": "7"}].', "invalidValue")
    return str(value)
