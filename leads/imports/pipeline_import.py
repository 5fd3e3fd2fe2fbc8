"""The import of records that move through pipelines: their status, what it requires, and why they were lost."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar

from django.db.models import Max
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Department
from crm.platform.configuration.company import get_company_currency
from crm.platform.text.text_folding import fold_text
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.check.custom_choices import find_or_reactivate
from crm.transfer.imports.check.import_rules import TO_MAKE, Errors, ImportRules
from leads.models import LostReason, Pipeline, Rate, Status
from leads.statuses import status_contract
from leads.verbs.edit import OF_A_MOVE

# Bitrix24 puts the number of the pipeline before the code of a stage.
OF_PIPELINE = re.compile(r"^[CD]T?\d+(?:_\d+)?:", re.IGNORECASE)


def get_first_pipeline(department: int | None, purpose: str) -> Pipeline:
    """Where new records of a department start; there is always one."""
    return Pipeline.objects.get_for_department(Department.objects.filter(pk=department or 0).first(), purpose)


def normalize_status_name(text: str) -> str:
    """A status as it is compared: "IN_PROGRESS", "In progress" and "inprogress" are one, and "C6:WON" is the stage WON of pipeline 6
    of Bitrix24."""
    return "".join(letter for letter in fold_text(OF_PIPELINE.sub("", text.strip())) if letter.isalnum())


def find_category(text: str, categories: Mapping[str, str]) -> str | None:
    """The category of the statuses that another program means by this text; `categories` are those of known words."""
    word = normalize_status_name(text)
    return next((kind for known, kind in categories.items() if normalize_status_name(known) == word), None)


def find_or_create_status(name: str, rules: ImportRules, defaults: dict[str, Any]) -> int:
    """Create an open status after the other open ones, in the pipeline where the new records start."""
    pipeline = get_first_pipeline(defaults.get("department"), getattr(rules, "purpose"))  # noqa: B009
    statuses = Status.objects.of_pipeline(pipeline.pk)
    if known := find_or_reactivate(statuses, name):
        return known
    last = statuses.of_kind(*Status.OPEN).aggregate(last=Max("position"))["last"] or 0
    made = Status.objects.create(pipeline=pipeline, name=name, kind=Status.Kind.CONTACTED, position=last)
    return made.pk


class PipelineImport(ImportRules):
    """`purpose` is that of the pipelines."""

    purpose: ClassVar[str]
    # The category of the statuses that other programs mean by a word, folded: only a suggestion, the user decides.
    categories: ClassVar[Mapping[str, str]] = {}

    @cached_property
    def statuses(self) -> dict[int, Status]:
        rows = Status.objects.filter(pipeline__purpose=self.purpose).select_related("pipeline")
        return {row.pk: row for row in rows}

    @classmethod
    def lock_settings(cls):
        status_contract.lock_pipelines(
            Pipeline.objects.filter(purpose=cls.purpose).values_list("pk", flat=True)
        )

    def suggest_value(self, name, text):
        """The status with this name in another spelling, else the first one of the category that another program's word means."""
        if name != "status":
            return super().suggest_value(name, text)
        statuses = Status.objects.filter(pipeline__purpose=self.purpose).active().in_order()
        same = [
            status
            for status in statuses
            if normalize_status_name(status.label) == normalize_status_name(text)
        ]
        kind = find_category(text, self.categories)
        found = [*same, *(status for status in statuses if status.kind == kind)]
        return found[0].pk if found else None

    def get_judging_settings(self):
        rules = {str(pk): status_contract.get_contract_key(status) for pk, status in self.statuses.items()}
        return sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    @property
    def additionally_read_fields(self):
        names = {name for status in self.statuses.values() for name in status.required_fields}
        return names.difference(self.kind.fields.CONTRACT) | status_contract.get_deciding_field_names(
            list(names), self.kind.model
        )

    def get_first_defaults(self):
        found = super().get_first_defaults()
        pipeline = get_first_pipeline(found["department"], self.purpose)
        status = Status.objects.active().of_pipeline(pipeline.pk).defaults_first().first()
        own = {"currency": get_company_currency(), "lost_reason": None}
        return found | {"status": status and status.pk} | own

    def get_choices(self):
        statuses = Status.objects.filter(pipeline__purpose=self.purpose).active().in_order()
        several = len({row.pipeline_id for row in statuses}) > 1
        reasons = LostReason.objects.for_people().in_order()
        return super().get_choices() | {
            "status": [
                (str(row.pk), f"{row.pipeline}: {row.label}" if several else row.label) for row in statuses
            ],
            "currency": [(code, code) for code in Rate.objects.get_available_currencies("")],
            "lost_reason": [("", _("none")), *((str(row.pk), row.label) for row in reasons)],
        }

    def treat_as_active(self, decided):
        super().treat_as_active(decided)
        for pk in decided.get("status", set()):
            self.statuses[pk].retired = not self.can_be_reactivated("status", pk)

    def can_be_reactivated(self, name, pk):
        """A status of a retired pipeline can only be reactivated with its pipeline."""
        return name != "status" or not self.statuses[pk].pipeline.retired

    def get_correcting_fields(self, name):
        return ("status",) if name in (*self.kind.fields.CONTRACT, "lost_reason", "lost_remark") else ()

    def get_allowed_values(self):
        in_use = {str(pk) for pk, status in self.statuses.items() if not status.retired}
        reasons = {str(pk) for pk in LostReason.objects.active().values_list("pk", flat=True)}
        return super().get_allowed_values() | {"status_id": in_use, "lost_reason_id": reasons}

    def fill_in(self, values, defaults):
        reason = values.get("lost_reason")
        super().fill_in(values, {**defaults, "lost_reason": None})
        if not reason and self.needs_reason(values.get("status")):
            values["lost_reason"] = defaults.get("lost_reason")

    def judge_new(self, values, *, chosen):
        return [
            *super().judge_new(values, chosen=chosen),
            *self.check_entry(values),
            *self.check_only_lost(values),
        ]

    def judge_change(self, values, record, merged, defaults):
        errors = super().judge_change(values, record, merged, defaults)
        if "status" in values:
            if not self.needs_reason(values["status"]):
                for name in ("lost_reason", "lost_remark"):
                    if record[name] and name not in values:
                        values[name] = merged[name] = None if name == "lost_reason" else ""
            elif not merged["lost_reason"]:
                values["lost_reason"] = merged["lost_reason"] = defaults.get("lost_reason")
            errors += self.check_entry(merged, self.statuses[record["status"]])
        return [*errors, *self.check_only_lost(merged if OF_A_MOVE & set(values) else {})]

    def check_entry(self, values: dict[str, Any], leaving: Status | None = None) -> Errors:
        """Check the requirements of the status that the record enters. `leaving` is its current one."""
        if str(values["status"]).startswith(TO_MAKE):
            return []
        status = self.statuses.get(values["status"])
        if status is None:
            return [("status", _("This status no longer exists."))]
        found = []
        for code in status_contract.get_broken_rules(status, values, leaving=leaving, model=self.kind.model):
            name = (
                code.removeprefix(status_contract.NEEDS)
                if code.startswith(status_contract.NEEDS)
                else "status"
            )
            name = "lost_reason" if code == "needs_reason" else name
            found.append((name, self._describe_not_entered(status, code)))
        return found

    def _describe_not_entered(self, status: Status, code: str) -> str:
        return _("%(status)s: %(reason)s") % {
            "status": status.label,
            "reason": get_reason_sentence(code, self.kind),
        }

    def get_correcting_default(self, text):
        closing = [status for status in self.statuses.values() if status.needs_reason]
        needs_reason = {self._describe_not_entered(status, "needs_reason") for status in closing}
        return (
            "lost_reason" if text in {get_reason_sentence("needs_reason", self.kind), *needs_reason} else ""
        )

    def needs_reason(self, status: Any) -> bool:
        return status in self.statuses and self.statuses[status].needs_reason

    def check_only_lost(self, values: dict[str, Any]) -> Errors:
        """Only lost or disqualified records have a reason and a remark."""
        if self.needs_reason(values.get("status")):
            return []
        return [
            (name, self.get_only_lost_sentence())
            for name in ("lost_reason", "lost_remark")
            if values.get(name)
        ]

    def get_only_lost_sentence(self) -> str:
        return _("Only lost leads can have this value.")
