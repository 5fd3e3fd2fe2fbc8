"""Reading a PATCH (RFC 7644, section 3.5.2), also as Microsoft Entra and Okta write it: "Replace" with a capital letter,
paths as the keys of a value, and no path at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.scim.filter_parser import Condition, Equal, get_attribute_name, parse_filter
from accounts.scim.problems import ScimProblem, build_problem, build_unchangeable_problem
from accounts.scim.requested_changes import RequestedChanges

MOST = 1_000
# Attributes of SCIM that Leadwell doesn't have: identity providers send them, and they change nothing.
IGNORED = {
    "schemas", "meta", "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone",
    "password", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates",
    "emails", "name",
}  # fmt: skip
READ_ONLY = {"id", "groups"}
# Attributes that have several values, and so may have a filter in brackets.
LISTS = {"emails", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates"}
# What SCIM has inside these two, beside the parts that Leadwell keeps.
PARTS = {
    "emails": {"value", "type", "primary", "display"},
    "name": {"formatted", "givenname", "familyname", "middlename", "honorificprefix", "honorificsuffix"},
}
PATH = re.compile(r"^(?P<name>[A-Za-z$][\w$-]*)(?P<filter>\[[^\]]*\])?(?P<sub>\.[A-Za-z$][\w$-]*)?$")


@dataclass(frozen=True)
class PatchStep:
    """One operation on one path: add, replace or remove; `path` as it was sent, '' for none."""

    act: str
    path: str
    value: Any


def parse_patch_steps(body: dict[str, Any]) -> Iterator[PatchStep]:
    """Each operation for each of its paths. Raises ScimProblem with invalidSyntax or noTarget."""
    asked = {name.lower(): value for name, value in body.items()}.get("operations")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise build_problem(400, "The body needs a list of Operations.", "invalidSyntax")
    if len(asked) > MOST:
        raise build_problem(413, f"A call has at most {MOST} operations.")
    for one in asked:
        act, path, value = str(one.get("op", "")).lower(), one.get("path") or "", one.get("value")
        if act not in ("add", "replace", "remove") or not isinstance(path, str):
            raise build_problem(
                400, "An operation is add, replace or remove, with a path as a text.", "invalidSyntax"
            )
        if path:
            yield PatchStep(act, path, value)
        elif act == "remove":
            raise build_problem(400, "remove needs a path.", "noTarget")
        elif not isinstance(value, dict):
            raise build_problem(400, "Without a path, the value has to be an object.", "invalidValue")
        else:
            yield from (PatchStep(act, name, part) for name, part in value.items())


def get_requested_changes(body: dict[str, Any]) -> RequestedChanges:
    """What the operations want to change of a user; later ones win."""
    wanted = RequestedChanges()
    for step in parse_patch_steps(body):
        _apply_step(wanted, step)
    return wanted


def _apply_step(wanted: RequestedChanges, step: PatchStep) -> None:
    name = get_attribute_name(step.path)
    value = None if step.act == "remove" else step.value
    if name == "active" and step.act == "remove":
        raise build_unchangeable_problem(
            "active can't be removed. Replace it with false to deactivate the user."
        )
    if wanted.take(name, value) or name.startswith("urn:"):
        return
    check_ignored_path(step.path)


def check_ignored_path(path: str) -> None:
    """Raises ScimProblem unless the path leads to an attribute that SCIM has and Leadwell doesn't, which changes nothing."""
    found = PATH.match(get_attribute_name(path))
    if found is None:
        raise build_unreadable_problem(path)
    name, inside, sub = found["name"], found["filter"], (found["sub"] or "").removeprefix(".")
    if name in READ_ONLY:
        raise build_unchangeable_problem(f"{name} is read-only.")
    if name not in IGNORED or (sub and name in PARTS and sub not in PARTS[name]):
        raise build_problem(400, f"The attribute {path[:100]!r} is unknown.", "invalidPath")
    if inside is None:
        return
    if name not in LISTS:
        raise build_unreadable_problem(path)
    condition = _parse_bracket_condition(inside, path)
    if name == "emails" and sub in ("", "value") and not _is_of_another_email(condition):
        raise build_problem(
            400, 'A user has one email. Use the path emails[type eq "work"].value.', "invalidPath"
        )


def build_unreadable_problem(path: str) -> ScimProblem:
    return build_problem(400, f"The path {path[:100]!r} can't be read.", "invalidPath")


def _parse_bracket_condition(brackets: str, path: str) -> Condition:
    try:
        return parse_filter(brackets[1:-1])
    except ScimProblem as problem:
        raise build_unreadable_problem(path) from problem


def _is_of_another_email(condition: Condition) -> bool:
    """Such as the one for home, which Leadwell doesn't keep."""
    if not isinstance(condition, Equal):
        return False
    other = {
        "type": lambda value: isinstance(value, str) and value.lower() != "work",
        "primary": lambda value: value is False,
    }
    return condition.name in other and other[condition.name](condition.value)


def get_member_ids(step: PatchStep) -> list[str] | None:
    """The ids that a step on the members of a group names; None if it names none, which is all of them."""
    if get_attribute_name(step.path) != "members":
        inside = re.match(r'^members\[\s*value\s+eq\s+"([^"]*)"\s*\]$', get_attribute_name(step.path))
        if inside is None:
            raise build_unreadable_problem(step.path)
        if step.act != "remove":
            raise build_problem(400, "Only remove takes a filter for members.", "invalidPath")
        return [inside[1]]
    if step.value is None:
        return None
    entries = step.value if isinstance(step.value, list) else [step.value]
    return [get_member_id(entry) for entry in entries]


def get_member_id(entry: Any) -> str:
    """The id of a member, written as {"value": "7"} or just "7"."""
    value = entry.get("value") if isinstance(entry, dict) else entry
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise build_problem(400, 'members has to be a list such as [{"value": "7"}].', "invalidValue")
    return str(value)
