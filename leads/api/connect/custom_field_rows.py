"""The custom fields of a lead as CRM Connect shows them: for each field a label and a text, empty without a value."""

import json
from typing import Any

from accounts.models import User
from crm.fields.custom.formulas.sql_generation import build_table_sql
from crm.fields.custom.values.field_registry import get_custom_fields, is_computed
from crm.fields.custom.values.json_values import name_sql_parameters
from crm.fields.custom.values.stored_values import get_values_table
from crm.fields.models.custom_field import CustomField
from crm.fields.widgets.lookup_widgets import quote_name_with_separator
from crm.platform.sql.reference_tables import get_labels_by_id
from leads.models import Lead

Type = CustomField.Type


def build_custom_fields_sql(user: User) -> tuple[str, dict[str, Any]]:
    """The SQL of the list for the fields that the user may see, and its parameters; `zone` is among those of a lead."""
    fields = get_custom_fields(Lead.table, user)
    if not fields:
        return "'[]'::json", {}
    texts: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    for field in fields:
        texts[field.name], values = (
            build_formula_text_sql(field) if is_computed(field) else (text_sql(field), {})
        )
        parameters |= values
    objects = ", ".join(
        f"json_build_object('label', %(custom_{name})s::text, 'value', coalesce({text}, ''))"
        for name, text in texts.items()
    )
    sql = f"""(SELECT array_to_json(ARRAY[{objects}]) FROM (SELECT) once
        LEFT JOIN {get_values_table(Lead)} v ON v.record_id = leads_lead.id)"""
    labels = {f"custom_{field.name}": str(field.verbose_name) for field in fields}
    return sql, {
        **parameters,
        **labels,
        "custom_choices": build_choice_labels_json(fields),
        "custom_users": build_user_names_json(fields, user),
    }


def build_formula_text_sql(field: Any) -> tuple[str, dict[str, Any]]:
    """The same as text_sql() for a formula, with its parameters."""
    sql, values = name_sql_parameters(
        *build_table_sql(field.formula, Lead._meta.db_table, "v.values"), field.name
    )
    if field.value_type == Type.YES_NO:
        return f"CASE {sql} WHEN true THEN 'yes' WHEN false THEN 'no' END", values
    return f"({sql})::text", values


def text_sql(field: Any) -> str:
    """The SQL of one value as a text that can be sent back. Keys are letters and digits."""
    definition = field.definition
    raw = f"(v.values ->> '{field.name}')"
    match definition.type:
        case Type.NUMBER:
            return f"{raw}::numeric(20, {definition.decimals})::text"
        case Type.MONEY:
            return f"{raw}::numeric(20, 2)::text"
        case Type.MOMENT:
            return f"to_char({raw}::timestamptz AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI:SS')"
        case Type.YES_NO:
            return f"CASE {raw} WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' END"
        case Type.CHOICE:
            return f"%(custom_choices)s::jsonb ->> ('{field.name}.' || {raw})"
        case Type.CHOICES:
            return f"""(SELECT string_agg(%(custom_choices)s::jsonb ->> ('{field.name}.' || e.key), ', ' ORDER BY e.place)
                FROM jsonb_array_elements_text(v.values -> '{field.name}') WITH ORDINALITY e(key, place))"""
        case Type.USER:
            return (
                f"CASE WHEN {raw} <> '' THEN coalesce(%(custom_users)s::jsonb ->> {raw}, 'another user') END"
            )
        case Type.LINK:
            model = field.related_model
            return f"""(SELECT {model.name_sql("linked")} || ' (#' || linked.id || ')'
                FROM {model._meta.db_table} linked WHERE linked.id = {raw}::bigint)"""
        case Type.FILE:
            return f"(v.values -> '{field.name}' ->> 'name')"
    return raw


def build_choice_labels_json(fields: list[Any]) -> str:
    """The labels of all choices by field and key. In a list of several, a label with a comma is in quotes."""
    found = {}
    for field in fields:
        if field.definition.has_choices:
            several = field.definition.type == Type.CHOICES
            for row in field.definition.choices:
                found[f"{field.name}.{row['key']}"] = (
                    quote_name_with_separator(row["name"]) if several else row["name"]
                )
    return json.dumps(found)


def build_user_names_json(fields: list[Any], user: User) -> str:
    """The names of the users whom this user sees, if a field names any."""
    named = any(field.definition.type == Type.USER for field in fields)
    return json.dumps(get_labels_by_id(User, user) if named else {})
