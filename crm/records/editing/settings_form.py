"""What the forms of Settings share: a name that is free, and no change that somebody else made in the meantime.

Labels, help and validation are on the models; `write(by)` saves as one operation.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _now

from crm.models import Change, Operation
from crm.platform.models.retirable import get_retirement_obstacle
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.records.editing.confirmed_change import ASKED, CONFIRMED
from crm.records.editing.settings_change import record_settings_change
from crm.records.kinds.reasons import get_reason_sentence


class SettingsForm(ModelForm):
    """A settings row: its name must be free, and it must be unchanged since the form was rendered."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Its name in operation kinds.
    table: ClassVar[str]
    # The title of the page that adds a row.
    new_title: ClassVar[Any]
    # The names of its fields by card, if the page has cards.
    cards: ClassVar[Mapping[Any, list[str]]] = {}
    # Of the operation: a program fills in the form of the page too.
    channel: str = Operation.Channel.WEB

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.is_new = self.instance.pk is None
        self.heading = self.new_title if self.is_new else self.instance.label
        self.crossed = False
        if self.is_new:
            self.fields.pop("retired", None)
            del self.fields["version"]
        else:
            self.initial["version"] = self.instance.version
            self.initial.update(self._get_differing_translations())

    @property
    def title(self) -> str:
        return str(self.new_title) if self.is_new else _now("Edit %(name)s") % {"name": self.heading}

    @property
    def field_cards(self) -> list[tuple[Any, list[Any]]]:
        """The fields by card."""
        return [(title, [self[name] for name in names]) for title, names in self.cards.items()]

    @property
    def asks_to_confirm(self) -> bool:
        """Whether all that is left is a question that the page asks now for the first time: that isn't an error."""
        return set(self.errors) == {CONFIRMED} and ASKED not in self.data

    def _get_differing_translations(self) -> dict[str, str]:
        """The texts of a shipped row in the reader's language, by field."""
        texts = self.get_translated_texts()
        return {name: text for name, text in texts.items() if text != getattr(self.instance, name)}

    def get_translated_texts(self) -> dict[str, str]:
        """The texts that may be translated, by field, as the reader sees them."""
        return {"name": self.instance.label}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = self.same_names_queryset().annotate(lowered=Lower("name")).filter(lowered=Lower(Value(name)))
        taken = others.exclude(pk=self.instance.pk).first()
        if taken is None:
            return name
        if taken.retired:
            raise forms.ValidationError(_now("A retired item already uses this name. Activate it instead."))
        raise forms.ValidationError(_now("This name is already in use."))

    def same_names_queryset(self):
        """The rows among which the name must be unique."""
        return self._meta.model._default_manager.all()

    def clean_retired(self) -> bool:
        retired = self.cleaned_data["retired"]
        if retired and not self.instance.retired and (reason := get_retirement_obstacle(self.instance)):
            raise forms.ValidationError(get_reason_sentence(reason))
        return retired

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.is_new:
            # If they are left unchanged, each reader still sees them in their own language.
            same = [
                name for name, text in self._get_differing_translations().items() if data.get(name) == text
            ]
            data |= {name: getattr(self.instance, name) for name in same}
        if not self.is_new and data.get("version") not in (None, self.instance.version):
            self.crossed = True
            self.add_error(None, self._adopt_version_and_describe_conflict(data["version"]))
        return data

    def _adopt_version_and_describe_conflict(self, version: int) -> str:
        """Who changed which fields in the meantime. The form then has the new version, so saving it again succeeds."""
        changes = (
            Change.objects.of_row(self.table, self.instance.pk)
            .since_version(version)
            .select_related("operation__by")
        )
        names = {change.operation.by.name for change in changes if change.operation and change.operation.by}
        columns = {column for change in changes for column in change.diff}
        found = [f for f in self._meta.model._meta.local_concrete_fields if f.column in columns]
        labels = [str(field.verbose_name) for field in found]
        data: Any = self.data
        self.data = data.copy()
        self.data["version"] = str(self.instance.version)  # type: ignore[index]
        return _now(
            "%(who)s changed these fields since you opened the page: %(fields)s. Save "
            "again to overwrite them with your values."
        ) % {
            "who": ", ".join(sorted(names)) or _now("Another user"),
            "fields": ", ".join(labels),
        }

    @property
    def status_code(self) -> int:
        """The status of a page with this form: 409 if another user was faster, 422 with errors."""
        if not self.is_bound:
            return 200
        return 409 if self.crossed else 422

    def write(self, by) -> Operation:
        kind = f"{'add' if self.is_new else 'edit'}_{self.table}"
        with record_settings_change(kind, by=by, channel=self.channel) as record:
            self.save()
            self.after_save()
            record.parameters["rows"] = [self.instance.pk]
        return record

    def after_save(self) -> None:
        """What else belongs to the same operation."""
