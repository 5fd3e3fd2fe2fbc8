"""The mapping of a webhook: the paths of the last bodies with their values, and the field that each path fills."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.fields.schemas import WHOLE_NAME
from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import TO_DESCRIPTION
from intake.models import IncomingWebhook
from intake.webhooks.body_paths import LONGEST_PATH, MOST_PATHS
from intake.webhooks.call_processing import KEY
from intake.webhooks.call_splitting import split_call
from intake.webhooks.known_programs import DELIVERY, find_shape, get_mappable_fields, propose_mapping

# The bodies whose paths are shown, and the length of a shown value.
BODIES, SHOWN = 10, 120


@dataclass(frozen=True)
class MappingLine:
    path: str
    value: str
    chosen: str


class MappingForm:
    """`errors` are sentences; `suggested` says that fields are proposed for paths that aren't mapped yet."""

    def __init__(
        self, webhook: IncomingWebhook, data: QueryDict | None = None, *, suggest: bool = False
    ) -> None:
        self.webhook, self.data = webhook, data
        self.kind = KINDS[webhook.makes]
        self.errors: list[str] = []
        self.crossed = False
        self.texts = self._get_last_texts()
        self.shape = find_shape(self.texts)
        self.suggested = bool(self.texts) and (suggest or not webhook.mapping)
        self.mapping = dict(webhook.mapping)
        if self.suggested:
            self.mapping = {**propose_mapping(self.texts, self.kind), **self.mapping}

    def _get_last_texts(self) -> dict[str, str]:
        """The paths of the last bodies, each with its newest value."""
        found: dict[str, str] = {}
        for call in self.webhook.calls.newest_first()[:BODIES]:
            for part in split_call(call.body, call.content_type, self.webhook.mapping, self.kind):
                found |= {path: text for path, text in part.texts.items() if path not in found}
        found.pop(KEY, None)
        return dict(list(found.items())[:MOST_PATHS])

    @property
    def choices(self) -> list[tuple[str, str]]:
        special = {
            WHOLE_NAME: _("First and last name"),
            TO_DESCRIPTION: _("A line in the description"),
            DELIVERY: _("ID of the delivery"),
        }
        return [
            (name, special.get(name) or self.kind.get_heading(name))
            for name in get_mappable_fields(self.kind)
        ]

    def iterate_lines(self) -> Iterator[MappingLine]:
        """Those of the last bodies, then the mapped paths that none of them has."""
        for path in [*self.texts, *(path for path in self.mapping if path not in self.texts)]:
            value = self.texts.get(path, "")
            yield MappingLine(
                path, value[:SHOWN] + ("…" if len(value) > SHOWN else ""), self.mapping.get(path, "")
            )

    def is_valid(self) -> bool:
        if self.data is None:
            return False
        paths, names = self.data.getlist("path"), self.data.getlist("field")
        chosen = {
            path.strip(): name for path, name in zip(paths, names, strict=False) if path.strip() and name
        }
        offered = get_mappable_fields(self.kind)
        self.mapping = {path: name for path, name in chosen.items() if name in offered}
        if len(self.mapping) < len(chosen):
            self.errors.append(_("A chosen field no longer exists. Choose another one."))
        if len(chosen) > MOST_PATHS or any(len(path) > LONGEST_PATH for path in chosen):
            self.errors.append(
                _("Map at most %(most)s paths, each with at most %(letters)s characters.")
                % {"most": MOST_PATHS, "letters": LONGEST_PATH}
            )
        if self.data.get("version") != str(self.webhook.version):
            self.crossed = True
            self.errors.append(
                _("The webhook was changed since you opened the page. Save again to overwrite the mapping.")
            )
        return not self.errors

    @property
    def status_code(self) -> int:
        if self.data is None:
            return 200
        return 409 if self.crossed else 422

    def write(self, by) -> Operation:
        rows = [self.webhook.pk]
        with record_settings_change("edit_incoming_webhook", by=by, act="mapping", rows=rows) as record:
            self.webhook.mapping = self.mapping
            self.webhook.save(update_fields=["mapping"])
        return record
