"""Starting a note or an email with a template: the form is drawn again with the filled template, and nothing is saved."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from crm.platform.web.id_parsing import number_of
from crm.work.models.template import Template
from crm.work.templates.merge_fields import filled, values_for

# The button that asks for it.
INSERT = "insert"
# What the form of an activity keeps.
ACTIVITY = ("type", "text", "at", "minutes", "started", "subject", "place", "invite", "invited")


def templates_for(type: str, user: Any) -> list[Template]:
    return list(Template.objects.active().of_type(type).visible_to(user).by_name())


def template_in(data: Mapping[str, str], type: str, user: Any) -> Template | None:
    """The template that was chosen, if the user may use it."""
    pk = number_of(data.get("template", ""))
    return Template.objects.active().of_type(type).visible_to(user).filter(pk=pk or 0).first()


def note_with(data: Mapping[str, str], record: Any, user: Any) -> dict[str, Any]:
    """The fields of the form for an activity, with the template below what was typed."""
    typed = {name: data.get(name, "") for name in ACTIVITY}
    if template := template_in(data, Template.Type.NOTE, user):
        text = filled(template.text, values_for(record, user))
        typed["text"] = together(typed["text"], text)
    return typed


def email_with(data: QueryDict, record: Any, user: Any) -> dict[str, Any]:
    """The fields of the form for an email, with the template above the signature. A typed subject stays."""
    typed: dict[str, Any] = {name: data.get(name, "") for name in ("to", "subject", "text", "draft")}
    typed["record_files"] = data.getlist("record_files")
    if template := template_in(data, Template.Type.EMAIL, user):
        values = values_for(record, user)
        signature = user.signature.replace("\r\n", "\n").strip()
        before = typed["text"].replace("\r\n", "\n").strip().removesuffix(signature)
        typed["text"] = together(before, filled(template.text, values), signature)
        typed["subject"] = typed["subject"] or filled(template.subject, values, escape=False)
    return typed


def together(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())
