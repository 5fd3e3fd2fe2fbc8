"""API v2: the mailing lists that recipients can unsubscribe from, added and changed as on their pages."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.openapi_parts import build_number_field, build_text_field
from crm.api.v2.reference_tables import build_reference_call
from leads.settings.api.row_list import RowList
from leads.settings.settings_tables import SettingsTable
from mailings.models import MailingList
from mailings.settings.forms import MailingListForm

NAMES = {"name": "name", "description": "description"}


def lists_with_counts_queryset() -> Any:
    return MailingList.objects.by_name().annotate(left=Count("unsubscribes"))


def build_list_json(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "retired": row.retired,
        "unsubscribed": row.left,
        "version": row.version,
    }


def mailing_lists(user: Any) -> list[dict[str, Any]]:
    return [build_list_json(row) for row in lists_with_counts_queryset()]


MailingLists = build_reference_call(
    mailing_lists,
    {
        "id": build_number_field(),
        "name": build_text_field(),
        "description": build_text_field(help_text="Recipients read it where they unsubscribe."),
        "retired": serializers.BooleanField(),
        "unsubscribed": build_number_field(
            help_text="How many addresses have unsubscribed from this list alone."
        ),
        "version": build_number_field(help_text="For If-Match."),
    },
    resource="mailing_lists",
    summary="List mailing lists",
    title="MailingLists",
    words=(
        "Lists the mailing lists by name. A list has no members: recipients can unsubscribe from it and still receive the mailings of "
        "the others."
    ),
)
LISTS = RowList(
    table=SettingsTable("mailing_list", MailingList, "mailing_lists", _("Mailing lists")),
    one="mailing list",
    many="mailing lists",
    rows=lists_with_counts_queryset,
    reading=MailingLists,
    build_json=build_list_json,
    build_form=lambda data, row, _sent, _user: MailingListForm(data, instance=row),
    form=MailingListForm,
    names=NAMES,
    added={},
    changed={"retired": "retired"},
    resource="mailing_lists",
)
