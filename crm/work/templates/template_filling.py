"""Starting a note or an email with a template: the form is drawn again with the filled template, and nothing is saved."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from crm.platform.web.id_parsing import parse_number
from crm.work.models.template import Template
from crm.work.templates.merge_fields import fill_merge_fields, get_merge_values

# The button that asks for it.
INSERT = "insert"
# What the form of an activity keeps.
ACTIVITY = ("type", "text", "at", "minutes", "started", "subject", "place", "invite", "invited")


def get_usable_templates(type: str, user: Any) -> list[Template]:
    return list(Template.objects.active().of_type(type).visible_to(user).by_name())


def get_chosen_template(data: Mapping[str, str], type: str, user: Any) -> Template | None:
    """The template that was chosen, if the user may use it."""
    pk = parse_number(data.get("template", ""))
    return Template.objects.active().of_type(type).visible_to(user).filter(pk=pk).first()


def get_typed_activity(data: Mapping[str, str]) -> dict[str, Any]:
    """What was typed into the form for an activity so far."""
    return {name: data.get(name, "") for name in ACTIVITY}


def fill_note(data: Mapping[str, str], record: Any, user: Any) -> dict[str, Any]:
    """The fields of the form for an activity, with the template below what was typed."""
    typed = get_typed_activity(data)
    if template := get_chosen_template(data, Template.Type.NOTE, user):
        text = fill_merge_fields(template.text, get_merge_values(record, user))
        typed["text"] = join_paragraphs(typed["text"], text)
    return typed


def build_text_below(user: Any, quotation: str) -> str:
    """What stands below the text of an email: the signature, and then the quotation."""
    return join_paragraphs(user.signature.replace("\r\n", "\n"), quotation)


def fill_email(data: QueryDict, record: Any, user: Any, below: str) -> dict[str, Any]:
    """The fields of the form for an email, with the template above what stands `below` it. A typed subject stays."""
    typed: dict[str, Any] = {
        name: data.get(name, "") for name in ("to", "cc", "bcc", "subject", "text", "draft")
    }
    typed["record_files"] = data.getlist("record_files")
    if data.get("sender"):
        typed["sender"] = data["sender"]
    if template := get_chosen_template(data, Template.Type.EMAIL, user):
        values = get_merge_values(record, user)
        before = typed["text"].replace("\r\n", "\n").strip()
        kept = below if below and before.endswith(below) else ""
        before = before.removesuffix(kept)
        typed["text"] = join_paragraphs(before, fill_merge_fields(template.text, values), kept)
        typed["subject"] = typed["subject"] or fill_merge_fields(template.subject, values, escape=False)
    return typed


def join_paragraphs(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())
