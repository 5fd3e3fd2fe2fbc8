"""The Settings forms of leads; crm/records/editing/settings_form.py says what they share."""

from typing import Any

from django import forms
from django.db.models import BooleanField, Case, Q, Value, When
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.color_palette import HueChoice
from crm.models import Tag
from crm.records.editing.confirmed_change import add_confirmation_field, check_planned_changes
from crm.records.editing.settings_form import SettingsForm
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.kinds.record_uses import Requirement, Retirement, Uses
from leads.models import LostReason, Pipeline, Source, Status
from leads.settings.category_change import describe_consequences
from leads.settings.contract_change import BrokenRule, get_broken_leads
from leads.settings.lists.row_order import insert_new_status


class FieldChoice(forms.CheckboxSelectMultiple):
    template_name = "leads/settings/_field_choice.html"


class StatusForm(SettingsForm):
    """`confirmed` is only required if the category of a status with leads changes, or leads in it break a new rule."""

    table = "status"
    new_title = _("New status")
    required_fields = forms.MultipleChoiceField(required=False, widget=FieldChoice)
    next_statuses = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=FieldChoice)
    confirmed = forms.BooleanField(label=_("Yes, save these changes"), required=False)

    class Meta:
        model = Status
        fields = [
            "pipeline",
            "name",
            "kind",
            "hue",
            "probability",
            "meaning",
            "required_fields",
            "next_statuses",
            "most_days",
            "next_action_prompt",
            "is_default",
            "retired",
        ]
        widgets = {"hue": HueChoice, "meaning": forms.Textarea(attrs={"rows": 2})}

    def __init__(
        self, *arguments, pipeline: Pipeline | None = None, user: User | None = None, **keywords
    ) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        add_confirmation_field(self)
        self.was_default, self.old_kind = self.instance.is_default, self.instance.kind
        self.old_required = list(self.instance.required_fields)
        self.consequences: list[str] = []
        self.broken: list[BrokenRule] = []
        self._choose_pipeline(pipeline)
        self._offer_fields()
        self._offer_next_statuses()

    def _choose_pipeline(self, pipeline: Pipeline | None) -> None:
        """A new status belongs to one of the pipelines for the same records."""
        found = Pipeline.objects.active().in_order()
        pipelines = found.for_same_records_as(pipeline) if pipeline else found.of_leads()
        if self.is_new and len(pipelines) > 1:
            self.fields["pipeline"].queryset = pipelines
            self.initial.setdefault("pipeline", pipeline or pipelines[0])
        else:
            del self.fields["pipeline"]
        if self.is_new:
            self.instance.pipeline = pipeline or pipelines[0]

    def _offer_fields(self) -> None:
        """What only leads or only deals have, and the fields that a record must have to enter."""
        pipeline: Pipeline = self.instance.pipeline
        kind = pipeline.kind
        names = [*kind.fields.CONTRACT, *(field.name for field in kind.get_writable_custom_fields())]
        self.fields["required_fields"].choices = [(name, kind.get_heading(name)) for name in names]
        self.fields["required_fields"].label = capfirst(
            Status._meta.get_field("required_fields").verbose_name
        )
        if not pipeline.is_for_deals:
            del self.fields["probability"]
            return
        del self.fields["most_days"], self.fields["next_action_prompt"]
        self.fields["is_default"].label = _now("Default for new deals")
        self.fields["is_default"].help_text = _now(
            "New deals start in this stage. Each pipeline has exactly one default stage, which must be open and in use."
        )
        if not self.is_new:
            self.fields["retired"].help_text = _now(
                "Deals can’t move into a retired stage. Deals already in it stay until they’re moved."
            )
        self.fields["next_statuses"].help_text = _now(
            "Where a deal can move from here. Select none to allow all."
        )

    def _offer_next_statuses(self) -> None:
        """The other statuses of the pipeline; not for a status whose pipeline is still to be chosen."""
        status: Status = self.instance
        if "pipeline" in self.fields:
            del self.fields["next_statuses"]
            return
        others = Status.objects.of_pipeline(status.pipeline_id).exclude(pk=status.pk)
        others = others.filter(Q(retired=False) | Q(pk__in=status.next_statuses)).in_order()
        field, own = self.fields["next_statuses"], Status._meta.get_field("next_statuses")
        field.choices = [(row.pk, row.label) for row in others]
        field.label, field.help_text = capfirst(own.verbose_name), field.help_text or own.help_text

    def get_translated_texts(self):
        status: Status = self.instance
        return super().get_translated_texts() | {
            "meaning": status.meaning_said,
            "next_action_prompt": status.prompt,
        }

    def same_names_queryset(self):
        pipeline = self.cleaned_data.get("pipeline")
        return Status.objects.of_pipeline(pipeline.pk if pipeline else self.instance.pipeline_id)

    def clean_retired(self) -> bool:
        # Whether it may retire depends on the mark for new leads, which the same form may move to another status: see
        # clean().
        return self.cleaned_data["retired"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.was_default and not data.get("is_default"):
            self.add_error(
                "is_default",
                _now("New leads need a default status. To change it, select this option on another status."),
            )
        elif data.get("is_default"):
            if data.get("retired"):
                self.add_error("retired", get_reason_sentence("is_default"))
            if data.get("kind") and data["kind"] not in Status.OPEN:
                self.add_error("kind", _now("New leads start in this status, so choose an open category."))
        if not self.is_new:
            self._set_consequences(data)
        planned = [
            *self._get_default_requirement(data),
            *([] if self.is_new else self._get_planned_changes(data)),
        ]
        check_planned_changes(self, data, planned, said=self._get_amount_warnings(data))
        return data

    def _get_amount_warnings(self, data: dict[str, Any]) -> list[Uses]:
        """Deals can be won without an amount if the administrator says so, once: by confirming it."""
        wins = data.get("kind") == Status.Kind.WON and self.instance.pipeline.is_for_deals
        was = self.old_kind == Status.Kind.WON and "value" not in self.old_required and not self.is_new
        if not wins or was or "value" in data.get("required_fields", []):
            return []
        return [Uses(_now("In this stage, deals can be won without an amount, unless you select it below"))]

    @property
    def asks_for_confirmation(self) -> bool:
        """Whether the page asks for the confirmation because of records in the status."""
        return bool(self.consequences or self.broken)

    def _get_planned_changes(self, data: dict[str, Any]) -> list[Any]:
        """What forms and webhooks that add leads in this status have to know."""
        kind = self.instance.pipeline.kind
        closes = data.get("kind") not in Status.OPEN and self.old_kind in Status.OPEN
        if (data.get("retired") and not self.initial.get("retired")) or closes:
            return [Retirement(self.instance)]
        new = [name for name in data.get("required_fields", []) if name not in self.old_required]
        return [Requirement(kind.name, name, kind.get_heading(name), status=self.instance.pk) for name in new]

    def _get_default_requirement(self, data: dict[str, Any]) -> list[Any]:
        """What forms and webhooks that choose no status have to know if their leads start in this one from now on."""
        if self.was_default or not data.get("is_default"):
            return []
        pipeline = data.get("pipeline") or self.instance.pipeline
        kind = pipeline.kind
        return [
            Requirement(kind.name, name, kind.get_heading(name), pipeline=pipeline.pk)
            for name in data.get("required_fields", [])
        ]

    def _set_consequences(self, data: dict[str, Any]) -> None:
        """What the change means for the records in the status, which has to be confirmed."""
        kind, required = data.get("kind"), data.get("required_fields", [])
        records: Any = self.instance.pipeline.kind.model._default_manager
        leads = records.filter(status=self.instance.pk).count()
        if leads and kind and kind != self.old_kind:
            self.consequences = describe_consequences(self.instance, self.old_kind, kind, leads)
        if leads:
            new = [name for name in required if name not in self.old_required]
            self.broken = get_broken_leads(self.instance, new)
        if (self.consequences or self.broken) and not data.get("confirmed"):
            self.add_error("confirmed", _now("There are records in this status. Confirm the change."))

    def save(self, commit=True):
        """The mark for new leads moves afterwards, in one statement for both statuses."""
        self.instance.is_default = self.was_default
        return super().save(commit)

    def after_save(self) -> None:
        status: Status = self.instance
        if self.is_new:
            insert_new_status(status)
        if self.cleaned_data["is_default"] and not self.was_default:
            set_default_status(status)


def set_default_status(status: Status) -> None:
    """New records of the pipeline start here from now on."""
    mark = Case(When(pk=status.pk, then=Value(True)), default=Value(False), output_field=BooleanField())
    rows = Status.objects.of_pipeline(status.pipeline_id)
    rows.filter(Q(is_default=True) | Q(pk=status.pk)).update(is_default=mark)


class SourceForm(SettingsForm):
    table = "source"
    new_title = _("New source")

    class Meta:
        model = Source
        fields = ["name", "kind", "hue", "contact_within", "retired"]
        widgets = {"hue": HueChoice}


class TagForm(SettingsForm):
    table = "tag"
    new_title = _("New tag")

    class Meta:
        model = Tag
        fields = ["name", "retired"]


class LostReasonForm(SettingsForm):
    table = "lost_reason"
    new_title = _("New reason")

    class Meta:
        model = LostReason
        fields = ["name", "retired"]

    def after_save(self) -> None:
        if self.is_new:
            self.instance.position = LostReason.objects.count()
            LostReason.objects.filter(pk=self.instance.pk).update(position=self.instance.position)
