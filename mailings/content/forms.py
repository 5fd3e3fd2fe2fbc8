"""The form for what a mailing says, and the choices of its preview."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.types.texts import one_line
from crm.models import Operation
from crm.platform.web.rendering.form_rendering import Form, ModelForm
from crm.records.editing.settings_change import record_settings_change
from mailings.content.content_checks import get_unknown_fields_sentence
from mailings.content.merge_fields import MergeFields, get_recipient_kinds
from mailings.models import Mailing, MailingTemplate

TEXTS = ("subject", "preheader", "text", "plain")


class Texts:
    """What the forms of mailings and templates share: texts with known merge fields, on one line where a header needs it."""

    merge: MergeFields
    cleaned_data: dict[str, Any]

    def clean_subject(self) -> str:
        return self._clean_merge_fields(one_line(self.cleaned_data["subject"]))

    def clean_preheader(self) -> str:
        return self._clean_merge_fields(one_line(self.cleaned_data["preheader"]))

    def clean_text(self) -> str:
        return self._clean_merge_fields(self.cleaned_data["text"].replace("\r\n", "\n"))

    def clean_plain(self) -> str:
        return self._clean_merge_fields(self.cleaned_data["plain"].replace("\r\n", "\n").strip())

    def _clean_merge_fields(self, text: str) -> str:
        if names := self.merge.find_unknown(text):
            raise ValidationError(get_unknown_fields_sentence(names, self.merge))
        return self.merge.convert_to_stored(text)


class ContentForm(Texts, ModelForm):
    # Of the operation: a program fills in the form of the page too.
    channel: str = Operation.Channel.WEB
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Mailing
        fields = [*TEXTS, "language"]
        widgets = {"text": forms.Textarea(attrs={"rows": 18}), "plain": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *arguments: Any, instance: Mailing, user: User, **keywords: Any) -> None:
        super().__init__(*arguments, instance=instance, **keywords)
        self.merge = MergeFields(get_recipient_kinds(instance), instance.by, user)
        self.current = instance.version
        self.initial.update({name: self.merge.convert_to_shown(getattr(instance, name)) for name in TEXTS})
        self.initial["version"] = instance.version
        self.fields["text"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("version") != self.current:
            before: Any = self.data
            self.data = before.copy()
            self.data["version"] = str(self.current)  # type: ignore[index]
            words = _(
                "This mailing has changed since you opened the page. Save again to overwrite the changes."
            )
            self.add_error(None, words)
        return data

    def build_typed_mailing(self) -> Mailing:
        """The mailing with what was typed, valid or not, for a preview. It must not be saved."""
        for name in TEXTS if self.is_bound else ():
            setattr(
                self.instance,
                name,
                self.merge.convert_to_stored(self.data.get(name, "").replace("\r\n", "\n")),
            )
        return self.instance

    def write(self, by: User) -> Any:
        rows = [self.instance.pk]
        with record_settings_change("edit_mailing_content", by=by, channel=self.channel, rows=rows) as record:
            self.save()
        return record


class PreviewForm(Form):
    """The choices of a posted form; each one that isn't made, or isn't known, is the first one."""

    unmarked = True

    WIDTHS = {"wide": _("Desktop"), "narrow": _("Phone")}
    SCHEMES = {"light": _("Light"), "dark": _("Dark")}

    find = forms.CharField(
        label=_("Preview for"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"list": "recipients", "placeholder": _("Email address or number")}),
    )
    width = forms.ChoiceField(label=_("Width"), choices=list(WIDTHS.items()), widget=forms.RadioSelect)
    scheme = forms.ChoiceField(label=_("Colors"), choices=list(SCHEMES.items()), widget=forms.RadioSelect)

    def __init__(self, posted: Any) -> None:
        super().__init__()
        self.initial = {"find": posted.get("find", "")[:254]}
        for name, known in (("width", self.WIDTHS), ("scheme", self.SCHEMES)):
            self.initial[name] = posted.get(name) if posted.get(name) in known else next(iter(known))

    def get_initial(self, name: str) -> str:
        return self.initial[name]


class TemplateChoice(Form):
    template = forms.ModelChoiceField(MailingTemplate.objects.none(), label=_("Template"), required=False)

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["template"].queryset = MailingTemplate.objects.active().by_folder()


def fill_in_template(data: Any, template: MailingTemplate, merge: MergeFields) -> dict[str, str]:
    """The texts of the form with those of a template: what was typed stays, above the text of the template."""
    typed = {name: data.get(name, "").replace("\r\n", "\n").strip() for name in TEXTS}
    for name in TEXTS:
        new = merge.convert_to_shown(getattr(template, name))
        if name in ("text", "plain"):
            typed[name] = "\n\n".join(part for part in (typed[name], new) if part)
        else:
            typed[name] = typed[name] or new
    return typed
