"""The pipeline forms: the pipeline itself, and which status of another pipeline replaces each of its own."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from crm.platform.sql.arrays import WithoutItems
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.settings_form import SettingsForm
from leads.initial_data import get_initial_required_fields
from leads.models import Pipeline, Status
from leads.settings.forms.settings_forms import FieldChoice

Mapping = tuple[tuple[Status, Status], ...]


class PipelineForm(Form):
    """The pipeline that leads move into. Each old status maps to one of the same category unless another one is chosen;
    `mapping` are the pairs (old, new) of all that are mapped.

    `leaving` is the pipeline that they leave, None if they may come from any other one.
    """

    purpose: str = Pipeline.Purpose.LEADS

    pipeline = forms.ModelChoiceField(Pipeline.objects.none(), label=_("Pipeline"))

    def __init__(self, *arguments, user, leaving: Pipeline | None = None, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        purpose = leaving.purpose if leaving else self.purpose
        pipelines = Pipeline.objects.active().filter(purpose=purpose).in_order()
        if leaving:
            pipelines = pipelines.exclude(pk=leaving.pk)
        self.fields["pipeline"].queryset = pipelines
        statuses = Status.objects.filter(pipeline__purpose=purpose).in_order()
        self.old = [status for status in statuses if leaving is None or status.pipeline_id == leaving.pk]
        self.targets = list(statuses.active())
        several = len({status.pipeline_id for status in self.old}) > 1
        for status in self.old:
            self.fields[f"from_{status.pk}"] = forms.ChoiceField(
                label=f"{status.pipeline}: {status.label}" if several else status.label,
                choices=[("", _("status in the same category")), *self._get_choices(status)],
                required=False,
                widget=forms.Select(attrs={"class": "input"}),
            )

    def _get_choices(self, old: Status) -> list:
        """The statuses that may replace it, by pipeline."""
        groups: dict[str, list] = {}
        for status in self.targets:
            if status.pipeline_id != old.pipeline_id:
                groups.setdefault(str(status.pipeline), []).append((str(status.pk), status.label))
        return (
            list(groups.items()) if len(groups) > 1 else [pair for pairs in groups.values() for pair in pairs]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pipeline = data.get("pipeline")
        if pipeline:
            data["mapping"] = self._build_mapping(pipeline, data)
        return data

    def _build_mapping(self, pipeline: Pipeline, data: dict[str, Any]) -> Mapping:
        targets = {status.pk: status for status in self.targets if status.pipeline_id == pipeline.pk}
        pairs = []
        for old in self.old:
            if old.pipeline_id == pipeline.pk:
                continue
            chosen = data.get(f"from_{old.pk}")
            if chosen and int(chosen) not in targets:
                self.add_error(f"from_{old.pk}", _now("This status belongs to another pipeline."))
                continue
            new = targets[int(chosen)] if chosen else find_counterpart(old, list(targets.values()))
            if new:
                pairs.append((old, new))
        return tuple(pairs)


def find_counterpart(old: Status, targets: list[Status]) -> Status | None:
    """The first status of the same category; for an open one, else the one for new leads."""
    same = next((status for status in targets if status.kind == old.kind), None)
    return same or (next((status for status in targets if status.is_default), None) if old.is_open else None)


class NewPipelineForm(SettingsForm):
    """A pipeline: its name, what it is for, and the departments whose new records start in it. A new one copies another
    one's statuses."""

    table = "pipeline"
    new_title = _("New pipeline")
    departments = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=FieldChoice)
    copy_of = forms.ModelChoiceField(
        Pipeline.objects.none(),
        label=_("Statuses"),
        required=False,
        help_text=_("The statuses are copied with their rules. You can then change them independently."),
    )

    class Meta:
        model = Pipeline
        fields = ["name", "purpose", "departments"]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        field = Pipeline._meta.get_field("departments")
        self.fields["departments"].label = _("Default for")
        self.fields["departments"].help_text = field.help_text
        departments = Department.objects.active().by_name()
        self.fields["departments"].choices = [(row.pk, row.name) for row in departments]
        if self.is_new:
            self.fields["copy_of"].queryset = Pipeline.objects.active().in_order()
            self.fields["copy_of"].empty_label = _("New, Won and Lost")
            self.fields["copy_of"].label_from_instance = _get_label_with_purpose
            self.fields["purpose"].required = False
        else:
            del self.fields["copy_of"], self.fields["purpose"]

    def clean_purpose(self) -> str:
        return self.cleaned_data["purpose"] or Pipeline.Purpose.LEADS

    def clean_departments(self) -> list[int]:
        return sorted(self.cleaned_data["departments"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        copied: Pipeline | None = data.get("copy_of")
        if copied and copied.purpose != data.get("purpose"):
            self.add_error("copy_of", _now("Choose a pipeline with the same purpose."))
        return data

    def after_save(self) -> None:
        pipeline: Pipeline = self.instance
        if self.is_new:
            Pipeline.objects.filter(pk=pipeline.pk).update(position=Pipeline.objects.count())
            Status.objects.bulk_create(build_initial_statuses(pipeline, self.cleaned_data["copy_of"]))
        # Each department has one first choice.
        chosen = pipeline.departments
        others = (
            Pipeline.objects.for_same_records_as(pipeline)
            .exclude(pk=pipeline.pk)
            .filter(departments__overlap=chosen)
        )
        others.update(departments=WithoutItems("departments", ids=chosen))


def _get_label_with_purpose(pipeline: Pipeline) -> str:
    """ "Sales (leads)": the copied pipeline must have the purpose of the new one."""
    return f"{pipeline} ({pipeline.get_purpose_display()})"


def build_initial_statuses(pipeline: Pipeline, copied: Pipeline | None) -> list[Status]:
    """The statuses of a new pipeline: copies of another one's, or New, Won and Lost."""
    if copied is None:
        kinds = [("New", "new", 250, 10), ("Won", "won", 140, 100), ("Lost", "lost", 20, 0)]
        return [
            Status(
                pipeline=pipeline,
                name=_now(name),
                kind=kind,
                hue=hue,
                position=place,
                probability=probability if pipeline.is_for_deals else None,
                is_default=kind == "new",
                required_fields=get_initial_required_fields(kind) if pipeline.is_for_deals else [],
            )
            for place, (name, kind, hue, probability) in enumerate(kinds)
        ]
    statuses = list(Status.objects.of_pipeline(copied.pk).active().in_order())
    for place, status in enumerate(statuses):
        status.pk, status.pipeline, status.position, status.version = None, pipeline, place, 1
        # A key belongs to one status, and the shipped one keeps it.
        status.key, status.name = "", status.label
        status._state.adding = True
    return statuses
