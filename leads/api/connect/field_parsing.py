"""The lead fields of CRM Connect programs: texts or numbers in any of three encodings, most of them optional."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django_countries import countries
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.problems import ApiProblem
from leads.api.connect.country_ids import CODE_OF_ID
from leads.models import Lead

LARGEST = 2**63 - 1
YES, NO = {"1", "on", "true", "yes"}, {"", "0", "off", "false", "no"}
MOMENTS = [
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
]
SAID = {
    "required": "The {label} field is required.",
    "blank": "The {label} field is required.",
    "null": "The {label} field is required.",
    "max_length": "The {label} field cannot exceed {max_length} characters in length.",
    "invalid": "The {label} field is not valid.",
}


@extend_schema_field({"type": ["string", "integer", "boolean"]})
class ConnectFlag(serializers.Field):
    """On, 1, true, as a form or JSON sends it; a missing flag is off for new leads."""

    def to_internal_value(self, data: Any) -> bool:
        text = str(data).strip().lower()
        if text not in YES | NO or isinstance(data, float):
            raise serializers.ValidationError("It is neither 1 nor 0.")
        return text in YES


@extend_schema_field({"type": ["string", "integer"]})
class ConnectCountry(serializers.CharField):
    """A CRM Connect country ID, an ISO code or an English name; empty or 0 is none."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).strip()
        if text in ("", "0"):
            return ""
        if text.isascii() and text.isdecimal() and len(text) < 10:
            code = CODE_OF_ID.get(int(text), "")
        else:
            code = countries.alpha2(text.upper()) or countries.by_name(text, insensitive=True)
        if not code:
            raise serializers.ValidationError(
                "Unknown country. Send an id from 1 to 250, an ISO code, or an English name.", code="unknown"
            )
        if code not in dict(countries):
            raise serializers.ValidationError(
                "Leadwell can't store this country. Send another one, or 0.", code="unknown"
            )
        return code


class ConnectMoment(serializers.CharField):
    """25/07/2019 08:38:04 or ISO; without a time zone it is server time. Empty is none."""

    def to_internal_value(self, data: Any) -> datetime | None:
        text = super().to_internal_value(data).strip()
        if not text or text.startswith("0000-00-00"):
            return None
        found = parse_moment(text)
        if found is None or not 1900 <= found.year <= 2200:
            raise serializers.ValidationError("This is no date.")
        return found if timezone.is_aware(found) else timezone.make_aware(found)


def parse_moment(text: str) -> datetime | None:
    for form in MOMENTS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the server's
        except ValueError:
            pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def build_text_field(name: str, label: str, **values) -> serializers.CharField:
    """A text, limited to the length of the lead's column."""
    longest = Lead._meta.get_field(name).max_length  # type: ignore[union-attr]
    return serializers.CharField(
        label=label, max_length=longest, required=False, allow_blank=True, allow_null=True, **values
    )


@extend_schema_field({"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,18}$"})
class ConnectNumber(serializers.IntegerField):
    """An ID, as a number or as a text."""


def build_number_field(label: str) -> ConnectNumber:
    return ConnectNumber(label=label, min_value=0, max_value=LARGEST)


class ConnectFields(serializers.Serializer):
    """Fields with the error texts that these programs know."""

    @property
    def sentences(self) -> dict[str, list[str]]:
        found = {}
        for name, errors in self.errors.items():
            field = self.fields.get(name)
            values = {
                "label": getattr(field, "label", None) or name,
                "max_length": getattr(field, "max_length", ""),
            }
            found[name] = [
                SAID[error.code].format(**values) if error.code in SAID else str(error) for error in errors
            ]
        return found


def clean_fields(fields: type[ConnectFields], sent: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    """The cleaned fields. Raises Problem 422 with a sentence for each invalid field."""
    read = fields(data=sent, partial=partial)
    if not read.is_valid():
        raise ApiProblem(422, "invalid", "The given data was invalid.", read.sentences)
    return read.validated_data


@extend_schema_field(
    {
        "type": "object",
        "properties": {"leads": {"type": "object", "additionalProperties": True}},
        "description": "Values by the number of the custom field, such as 12 for the key c12. A choice is a label or a key.",
    }
)
class ConnectCustomFields(serializers.Field):
    """Read by custom_field_parsing.py, because a form has a name for each of them."""

    def to_internal_value(self, data: Any) -> None:
        return None


class ConnectLead(ConnectFields):
    """A lead. name, source, status and assigned are required to add one and optional to change one. contact is accepted and has no effect. client_id is the id of a company: the lead is converted into it."""

    name = serializers.CharField(label="Lead Name", max_length=600)
    source = build_number_field("Source")
    status = build_number_field("Status")
    assigned = build_number_field("Assigned")
    client_id = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    contact = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    tags = serializers.CharField(
        label="Tags",
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Comma-separated; replaces.",
    )
    title = build_text_field("title", "Position")
    # As in the original, its format isn't checked.
    email = build_text_field("email", "Email Address")
    website = build_text_field("website", "Website")
    phonenumber = build_text_field("phone", "Phone")
    company = build_text_field("company", "Company")
    address = build_text_field("address", "Address")
    city = build_text_field("city", "City")
    zip = build_text_field("zip", "Zip Code")
    state = build_text_field("state", "State")
    country = ConnectCountry(
        label="Country",
        required=False,
        allow_blank=True,
        help_text="The country id of CRM Connect from 1 to 250, or an ISO code or English name; 0 for no country.",
    )
    default_language = build_text_field("language", "Default Language")
    description = build_text_field("description", "Description")
    custom_contact_date = ConnectMoment(label="Contact Date", required=False, allow_blank=True)
    contacted_today = ConnectFlag(label="Contacted Today", required=False)
    lastcontact = ConnectMoment(label="Last Contact", required=False, allow_blank=True)
    is_public = ConnectFlag(label="Public", required=False)
    lost = ConnectFlag(label="Lost", required=False)
    junk = ConnectFlag(label="Junk", required=False)
    lead_value = serializers.DecimalField(
        label="Lead Value", max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    custom_fields = ConnectCustomFields(required=False, allow_null=True)

    def to_internal_value(self, data: dict[str, Any]) -> dict[str, Any]:
        """Null and empty mean none; optional fields never cause errors when empty."""
        data = {name: value for name, value in data.items() if name in self.fields}
        for name in ("lead_value", "country", "lastcontact", "custom_contact_date"):
            if name in data and data[name] in ("", None):
                data[name] = None if name == "lead_value" else ""
        if self.partial and data.get("assigned") in ("", None) and "assigned" in data:
            data["assigned"] = 0
        for name in ("contacted_today", "is_public", "lost", "junk"):
            if name in data and data[name] is None:
                data[name] = "0"
        return super().to_internal_value(data)
