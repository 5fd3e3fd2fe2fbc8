"""What a call wants to change of a user: collected attribute by attribute, from a whole resource or from a PATCH.

Attributes that Leadwell doesn't have are ignored, because identity providers send all that they are set up with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.scim.filter_parser import get_attribute_name
from accounts.scim.problems import build_wrong_value_problem
from accounts.single_sign_on.text_validation import has_broken_characters

LONGEST = {"userName": 254, "externalId": 255, "displayName": 150, "emails": 254}
LONGEST_NAME = 150


@dataclass
class RequestedChanges:
    """None is "as it is"; "" removes a value. `formatted` is used if there is no `display`."""

    user_name: str | None = None
    external_id: str | None = None
    display: str | None = None
    formatted: str | None = None
    given: str | None = None
    family: str | None = None
    email: str | None = None
    active: bool | None = None

    def take(self, name: str, value: Any) -> bool:
        """Take the value of an attribute, such as "name.familyname" in lower case; whether Leadwell has it.

        Raises ScimProblem with invalidValue.
        """
        take = TAKES.get(name)
        if take is None:
            return False
        take(self, value)
        return True

    def get_name(self, given: str, family: str) -> str:
        """The new name of a user with this given and family name; '' if it doesn't change."""
        if self.display or self.formatted:
            return self.display or self.formatted or ""
        return f"{given} {family}".strip() if (self.given, self.family) != (None, None) else ""


def parse_whole_resource(resource: dict[str, Any]) -> RequestedChanges:
    """Of the body of a POST or PUT."""
    wanted = RequestedChanges()
    for name, value in resource.items():
        wanted.take(get_attribute_name(name), value)
    return wanted


def parse_text_value(label: str, value: Any) -> str:
    """A text without spaces around it. Raises ScimProblem for anything else."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise build_wrong_value_problem(f"{label} has to be a text.")
    most = LONGEST.get(label, LONGEST_NAME)
    if len(value) > most:
        raise build_wrong_value_problem(f"{label} has more than {most} characters.")
    if has_broken_characters(value.strip()):
        raise build_wrong_value_problem(f"{label} contains a character that can't be stored.")
    return value.strip()


def parse_boolean(value: Any) -> bool:
    """Entra sends "False" as a text, unless its flag aadOptscim062020 is set."""
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    if not isinstance(value, bool):
        raise build_wrong_value_problem("active has to be true or false.")
    return value


def get_one_email(value: Any) -> str:
    """The one email of a user among several: the primary one, else that for work, else the first."""
    if isinstance(value, str) or value is None:
        return parse_text_value("emails", value)
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, dict) for entry in entries):
        raise build_wrong_value_problem(
            'emails has to be a list such as [{"value": "ann@example.com", "type": "work"}].'
        )
    entries = sorted(entries, key=_rank_email)
    return parse_text_value("emails", entries[0].get("value")) if entries else ""


def _rank_email(entry: dict[str, Any]) -> tuple[bool, bool]:
    """The lowest one comes first."""
    is_primary = entry.get("primary") in (True, "true", "True")
    return not is_primary, str(entry.get("type", "")).lower() != "work"


def _take_name_parts(wanted: RequestedChanges, value: Any) -> None:
    if value is None:
        value = {"givenName": "", "familyName": ""}
    if not isinstance(value, dict):
        raise build_wrong_value_problem(
            'name has to be an object such as {"givenName": "Ann", "familyName": "Moreau"}.'
        )
    for name, part in value.items():
        wanted.take(f"name.{name.lower()}", part)


def _build_setter(attribute: str, read: Callable[[Any], Any]) -> Callable[[RequestedChanges, Any], None]:
    return lambda wanted, value: setattr(wanted, attribute, read(value))


def _build_text_reader(label: str) -> Callable[[Any], str]:
    return lambda value: parse_text_value(label, value)


TAKES: dict[str, Callable[[RequestedChanges, Any], None]] = {
    "username": _build_setter("user_name", _build_text_reader("userName")),
    "externalid": _build_setter("external_id", _build_text_reader("externalId")),
    "displayname": _build_setter("display", _build_text_reader("displayName")),
    "name": _take_name_parts,
    "name.formatted": _build_setter("formatted", _build_text_reader("name.formatted")),
    "name.givenname": _build_setter("given", _build_text_reader("name.givenName")),
    "name.familyname": _build_setter("family", _build_text_reader("name.familyName")),
    "emails": _build_setter("email", get_one_email),
    "emails.value": _build_setter("email", get_one_email),
    "active": _build_setter("active", parse_boolean),
}
