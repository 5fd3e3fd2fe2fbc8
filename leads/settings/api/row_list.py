"""A list in Settings as programs change it: its rows, its form, and what they call the fields of the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import build_response_serializer
from crm.api.problems import ApiProblem
from crm.api.token_scopes import TokenResource, has_token_right
from crm.api.v2.etags import build_etag, check_version
from crm.api.v2.reference_tables import Reference
from crm.api.v2.settings_changes.form_writing import (
    OPERATION,
    build_sent_serializer,
    read_form_values,
    write_form,
)
from crm.api.v2.v2_view import get_row_or_404
from crm.models import Operation
from crm.records.editing.settings_change import wait_for_others
from crm.records.editing.settings_form import SettingsForm
from leads.settings.settings_tables import SettingsTable

SEES = "leads.view_lead"
# A right of its own, so that no token of before changes settings. Which lists is up to the permissions of the user.
SETTINGS = TokenResource(
    "settings_lists",
    _("Lists in Settings"),
    dict.fromkeys(("post", "put", "delete"), SEES),
    SEES,
    hint=_(
        "In API v2: statuses, sources, tags, lost reasons and pipelines, as far as the user may change them."
    ),
)


@dataclass(frozen=True)
class RowList:
    """`one` and `many` are its words. `rows` are a queryset, and `reading` is the call that lists them. `build_form(data, row, sent, user)`
    builds the form of the page, whose fields have these `names` for programs; `added` and `changed` are those that only a new row or only an
    existing one has. `build_json` is how a row looks, and `resource` the right of a token that changes take."""

    table: SettingsTable
    one: str
    many: str
    rows: Callable[[], Any]
    reading: type[Reference]
    build_json: Callable[[Any], dict[str, Any]]
    build_form: Callable[[Any, Any, Mapping[str, Any], Any], SettingsForm]
    form: type[SettingsForm]
    names: Mapping[str, str]
    added: Mapping[str, str]
    changed: Mapping[str, str]
    resource: str = SETTINGS.name

    @property
    def call_name(self) -> str:
        """What the calls on one row are named after, in clients that are generated."""
        return self.one.replace(" ", "_")

    def get_names(self, *, is_new: bool) -> dict[str, str]:
        return {**self.names, **(self.added if is_new else self.changed)}

    def build_sent_serializer(self, *, is_new: bool) -> type[serializers.Serializer]:
        """What a program sends, for the documentation."""
        name = f"{'New' if is_new else 'Changed'}{self.reading.__name__}Row"
        return build_sent_serializer(name, self.form, self.get_names(is_new=is_new))

    @cached_property
    def written_serializer(self) -> type[serializers.Serializer]:
        """A row as it is after a change. All calls share it, so it is one type in the schema."""
        own = self.reading.row().get_fields()
        return build_response_serializer(f"{self.reading.__name__}RowWritten", **own, operation=OPERATION)


class SettingsRows:
    """What the views of one list share, together with OwnView. Reading it takes the right to what lists it."""

    listed: RowList
    user: Any
    token: Any
    headers: dict[str, str]
    sent_fields: dict[str, Any]

    def allows(self, action: str) -> bool:
        resource = self.listed.reading.resource if action == "get" else self.listed.resource
        return has_token_right(self.token, f"{resource}.{action}")

    def require_permissions(self, *permissions: str) -> None:
        """Raises Problem 403."""
        if not self.user.has_perms(permissions):
            raise ApiProblem(
                403, "forbidden", f"The user of this token may not do this to {self.listed.many}."
            )

    def get_row(self, request: HttpRequest, pk: str) -> Any:
        """The row at the version that the call expects, with no other change of settings under way. Raises Problem 404 or 412."""
        wait_for_others()
        row = get_row_or_404(self.listed.rows(), pk)
        check_version(request, row.version)
        return row

    def build_row_response(self, pk: int, record: Operation, status: int = 200) -> HttpResponse:
        """The row as it is now, and the operation."""
        row = self.listed.rows().get(pk=pk)
        self.headers["ETag"] = build_etag(row.version)
        return build_json_response(self.listed.build_json(row) | {"operation": record.pk}, status)


def write_row(listed: RowList, row: Any, sent: dict[str, Any], user: Any) -> tuple[Any, Operation]:
    """The row that was added or changed through the form of the page, and the operation. What isn't sent stays. Raises Problem 422."""
    names = listed.get_names(is_new=row is None)
    values, known = read_form_values(sent, names)
    return write_form(lambda data: listed.build_form(data, row, values, user), values, known, user)
