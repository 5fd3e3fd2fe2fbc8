"""A lead as CRM Connect shows it: every value is a text or null, as database drivers returned them at the time."""

import colorsys
import json

from django.conf import settings

from accounts.models import User
from crm.api.json_rows import JsonShape
from crm.platform.configuration.company import get_company_time_zone
from leads.api import dialect_fields
from leads.api.connect.country_ids import ID_OF_CODE
from leads.api.connect.custom_field_rows import build_custom_fields_sql
from leads.display_names import NAMING

# The status of a lead is `s`, its source `o`.
JOINS = (
    "FROM leads_status s, leads_source o WHERE s.id = leads_lead.status_id AND o.id = leads_lead.source_id"
)


def get_hex_color(hue: int) -> str:
    """A hue as a color that a program may show a status in: #rrggbb."""
    parts = colorsys.hls_to_rgb(hue / 360, 0.45, 0.5)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def get_nearest_hue(colour: str) -> int | None:
    """The nearest of the 36 hues; None for grays and invalid colors."""
    text = colour.strip().removeprefix("#")
    if len(text) == 3:
        text = "".join(letter * 2 for letter in text)
    try:
        red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (0, 2, 4))
    except ValueError:
        return None
    hue, _light, saturation = colorsys.rgb_to_hls(red, green, blue)
    return None if saturation < 0.05 or len(text) != 6 else round(hue * 36) % 36 * 10


def build_moment_sql(column: str) -> str:
    return f"to_char({column} AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI:SS')"


NAME = NAMING.name_sql("leads_lead")
CLOSED = "s.kind IN ('lost', 'disqualified')"
BEFORE = f"""CASE WHEN {CLOSED} THEN coalesce((SELECT m.from_status_id FROM leads_statusmove m
  WHERE m.lead_id = leads_lead.id AND NOT m.undone AND m."left" IS NULL ORDER BY m.id DESC LIMIT 1), 0)::text ELSE '0' END"""
HALF = "left(encode(sha256((%(key)s || '{part}' || leads_lead.id)::bytea), 'hex'), 32)"

SQL = {
    "id": "leads_lead.id::text",
    "hash": f"{HALF.format(part='a')} || '-' || {HALF.format(part='b')}",
    "name": NAME,
    "contact": "''",
    "title": "leads_lead.title",
    "company": "leads_lead.company",
    "description": "leads_lead.description",
    "country": "coalesce(%(countries)s::jsonb ->> leads_lead.country, '0')",
    "zip": "leads_lead.zip",
    "city": "leads_lead.city",
    "state": "leads_lead.state",
    "address": "leads_lead.address",
    "assigned": "coalesce(leads_lead.owner_id, 0)::text",
    "dateadded": build_moment_sql("leads_lead.created_at"),
    "from_form_id": "'0'",
    "status": f"CASE WHEN {CLOSED} THEN '0' ELSE leads_lead.status_id::text END",
    "source": "leads_lead.source_id::text",
    "lastcontact": build_moment_sql("leads_lead.last_contacted_at"),
    "dateassigned": "to_char(leads_lead.assigned_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
    "last_status_change": build_moment_sql("leads_lead.status_since"),
    "addedfrom": "coalesce(leads_lead.created_by_id, 0)::text",
    "email": "leads_lead.email",
    "website": "leads_lead.website",
    "leadorder": "'1'",
    "phonenumber": "leads_lead.phone",
    "date_converted": build_moment_sql("leads_lead.converted_at"),
    "lost": "(s.kind = 'lost')::int::text",
    "junk": "(s.kind = 'disqualified')::int::text",
    "last_lead_status": BEFORE,
    "is_imported_from_email_integration": "'0'",
    "email_integration_uid": "NULL::text",
    "is_public": "leads_lead.shared::int::text",
    "default_language": "leads_lead.language",
    "client_id": "coalesce(leads_lead.client_id, 0)::text",
    "lead_value": "leads_lead.value::text",
    # Joined from the status and the source
    "status_name": "s.name",
    "source_name": "o.name",
    "statusorder": "(s.position + 1)::text",
    "color": "%(colours)s::jsonb ->> s.hue::text",
    "isdefault": "(s.key = 'won')::int::text",
    # Only for a single lead
    "attachments": "'[]'::json",
    "public_url": "%(site)s || '/admin/leads/' || leads_lead.id",
}


def build_row_shape(names: list[str], user: User) -> JsonShape:
    custom, parameters = build_custom_fields_sql(user)
    values = parameters | {
        "zone": get_company_time_zone(),
        "key": settings.SECRET_KEY,
        "site": settings.SITE_URL,
        "countries": json.dumps(ID_OF_CODE),
        "colours": json.dumps({str(step * 10): get_hex_color(step * 10) for step in range(36)}),
    }
    known = SQL | {"customfields": custom}
    return JsonShape({name: known[name] for name in names}, values, JOINS)


def build_single_lead_shape(user: User) -> JsonShape:
    return build_row_shape([*dialect_fields.CONNECT_LISTED, *dialect_fields.CONNECT_ONE], user)


def build_listed_shape(user: User) -> JsonShape:
    return build_row_shape(dialect_fields.CONNECT_LISTED, user)


def build_full_shape(user: User) -> JsonShape:
    return build_row_shape([*dialect_fields.CONNECT, "customfields"], user)
