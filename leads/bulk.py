"""The bulk actions of the list and of the bin, each a small form and a verb."""

from django import forms
from django.db.models import Value
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import Department, User
from crm.bulk import Action, NoForm
from crm.change import Verb
from crm.forms import Form
from leads import verbs
from leads.choices import StatusSelect
from leads.models import Lead, LostReason, Source, Status, Tag
from leads.names import several_pipelines
from leads.settings.pipeline_forms import PipelineForm
from leads.sorts import folded


class ChoiceOfLabels(forms.ModelChoiceField):
    def label_from_instance(self, obj) -> str:
        return getattr(obj, "label", None) or str(obj)


def reason_field() -> ChoiceOfLabels:
    return ChoiceOfLabels(LostReason.objects.for_people().in_order(), label=_("Reason"), required=False)


class StatusForm(Form):
    status = ChoiceOfLabels(Status.objects.none(), label=_("Status"), widget=StatusSelect)
    reason = reason_field()
    remark = forms.CharField(label=_("What happened"), max_length=500, required=False)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["status"].queryset = Status.objects.active().in_order()

    def clean(self):
        status = self.cleaned_data.get("status")
        if status and status.needs_reason and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("%(status)s needs a reason.") % {"status": status.label})
        return self.cleaned_data


class OwnerForm(Form):
    owner = forms.ChoiceField(label=_("Owner"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["owner"].choices = [("", _("Choose…")), ("none", _("nobody")), *owner_choices(user)]

    def clean_owner(self) -> User | None:
        value = self.cleaned_data["owner"]
        return None if value == "none" else User.objects.active().get(pk=value)


def owner_choices(user) -> list[tuple[str, str]]:
    """Whom this user may give leads to: active colleagues with a department, themselves first."""
    colleagues = [row for row in assignable_by(user) if row.pk != user.pk]
    names = [(str(row.pk), row.name) for row in sorted(colleagues, key=lambda row: folded(row.name))]
    mine = [(str(user.pk), _("%(name)s (you)") % {"name": user.name})] if user.department_ids else []
    return mine + names


def assignable_by(user):
    return User.objects.assignable_by(user)


class DepartmentForm(Form):
    department = forms.ModelChoiceField(Department.objects.active().by_name(), label=_("Department"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


class SourceForm(Form):
    source = ChoiceOfLabels(Source.objects.active().by_name(), label=_("Source"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


class CountryForm(Form):
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["country"].choices = [("", _("Choose…")), ("none", _("none")), *countries]

    def clean_country(self) -> str:
        value = self.cleaned_data["country"]
        return "" if value == "none" else value


class TagsForm(Form):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.active().by_name(), label=_("Tags"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


class NextActionForm(Form):
    text = forms.CharField(label=_("Next action"), max_length=200, required=False)
    day = forms.DateField(label=_("On"), required=False, widget=forms.DateInput)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def binned(user):
    return Lead.objects.in_bin().changeable_by(user)


CHANGE, ASSIGN, DELETE = "leads.change_lead", "leads.assign_lead", "leads.delete_lead"

ACTIONS = [
    Action(
        "status",
        _("Status"),
        "flag",
        CHANGE,
        StatusForm,
        lambda data, user: verbs.Move(data["status"], data["reason"], data["remark"]),
        changeable,
        front=True,
    ),
    Action(
        "assign",
        _("Assign"),
        "person",
        ASSIGN,
        OwnerForm,
        lambda data, user: verbs.Assign(data["owner"], user),
        changeable,
        front=True,
    ),
    Action(
        "vip",
        _("Set VIP"),
        "star",
        CHANGE,
        NoForm,
        lambda data, user: verbs.SetVip(True),
        changeable,
        front=True,
    ),
    Action(
        "unvip", _("Remove VIP"), "star", CHANGE, NoForm, lambda data, user: verbs.SetVip(False), changeable
    ),
    Action(
        "department",
        _("Change department"),
        "company",
        ASSIGN,
        DepartmentForm,
        lambda data, user: verbs.ChangeDepartment(data["department"]),
        changeable,
    ),
    Action(
        "source",
        _("Set source"),
        "request",
        CHANGE,
        SourceForm,
        lambda data, user: verbs.SetSource(data["source"]),
        changeable,
    ),
    Action(
        "country",
        _("Set country"),
        "globe",
        CHANGE,
        CountryForm,
        lambda data, user: verbs.SetCountry(data["country"]),
        changeable,
    ),
    Action(
        "tag",
        _("Add tags"),
        "tag",
        CHANGE,
        TagsForm,
        lambda data, user: verbs.Tagged(tuple(data["tags"])),
        changeable,
    ),
    Action(
        "untag",
        _("Remove tags"),
        "tag",
        CHANGE,
        TagsForm,
        lambda data, user: verbs.Untagged(tuple(data["tags"])),
        changeable,
    ),
    Action(
        "next-action",
        _("Set next action"),
        "calendar",
        CHANGE,
        NextActionForm,
        lambda data, user: verbs.SetNextAction(data["text"], data["day"]),
        changeable,
    ),
    Action(
        "pipeline",
        _("Move to another pipeline"),
        "arrow",
        CHANGE,
        PipelineForm,
        lambda data, user: verbs.ChangePipeline(data["mapping"]),
        changeable,
        makes_sense=several_pipelines,
    ),
    Action(
        "share",
        _("Share with everyone"),
        "share",
        CHANGE,
        NoForm,
        lambda data, user: verbs.Share(True),
        changeable,
    ),
    Action(
        "unshare",
        _("Stop sharing"),
        "share",
        CHANGE,
        NoForm,
        lambda data, user: verbs.Share(False),
        changeable,
    ),
    Action(
        "bin",
        _("Put into the bin"),
        "bin",
        DELETE,
        NoForm,
        lambda data, user: verbs.Bin(),
        changeable,
        dangerous=True,
    ),
    Action(
        "restore",
        _("Restore"),
        "undo",
        DELETE,
        NoForm,
        lambda data, user: verbs.Restore(),
        binned,
        front=True,
        in_bin=True,
    ),
    Action(
        "purge",
        _("Remove for good"),
        "bin",
        "leads.purge_lead",
        NoForm,
        lambda data, user: verbs.Purge(),
        binned,
        dangerous=True,
        in_bin=True,
    ),
]


def ticked(values: list[str], user) -> list[int]:
    """The ids among posted texts that are leads the user sees; anything else is left out."""
    ids = [int(value) for value in values if value.isdecimal() and len(value) < 19]
    return list(Lead.objects.filter(pk__any=ids).visible_to(user).order_by("pk").values_list("pk", flat=True))


def out_of_sight(verb: Verb, ids: list[int], user) -> int:
    """How many of these leads the user will no longer see once the verb is carried out: it moves them elsewhere."""
    if "department" not in verb.values() or user.sees_everything:
        return 0
    department = verb.values()["department"]
    if not hasattr(department, "resolve_expression"):
        department = Value(department.pk)
    moved = Lead.objects.filter(pk__any=ids, shared=False).annotate(next_department=department)
    return moved.exclude(next_department__in=user.department_ids).count()


def actions_for(user, *, in_bin: bool = False) -> list[Action]:
    return [action for action in ACTIONS if action.in_bin == in_bin and action.allowed(user)]


def action_named(name: str) -> Action | None:
    return next((action for action in ACTIONS if action.name == name), None)
