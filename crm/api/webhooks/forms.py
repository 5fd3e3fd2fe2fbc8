"""The forms of a webhook: its user, its URL and its events; and from when on it is sent again what it missed."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.api.models.webhook import MOST_OF_A_USER
from crm.api.webhooks.delivery_log import EVENTS, get_event_labels
from crm.api.webhooks.replay import check_start, get_proposed_start
from crm.models import Webhook
from crm.platform.web.rendering.day_input import DayTimeInput
from crm.platform.web.rendering.form_rendering import Form, ModelForm
from crm.records.kinds.kind_registry import get_viewable_kinds


class WebhookForm(ModelForm):
    """A webhook that `by` creates, for themselves or for a user they may change; its user can't be changed later."""

    # https is the default scheme.
    url = forms.URLField(
        label=Webhook._meta.get_field("url").verbose_name,
        help_text=Webhook._meta.get_field("url").help_text,
        max_length=500,
        assume_scheme="https",
    )
    kinds = forms.MultipleChoiceField(
        label=Webhook._meta.get_field("kinds").verbose_name,
        choices=lambda: list(get_event_labels().items()),
        required=False,
    )

    class Meta:
        model = Webhook
        fields = ["url", "user", "kinds"]

    def __init__(self, *arguments, by, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        if self.instance.pk:
            del self.fields["user"]
            return
        self.fields["user"].queryset = get_user_model()._default_manager.active().changeable_by(by).by_name()
        self.initial["user"] = self.initial.get("user") or by.pk

    def save(self, commit: bool = True) -> Webhook:
        if "url" in self.changed_data:
            self.instance.forget_failures()
        return super().save(commit)

    def clean_user(self):
        user = get_user_model()._default_manager.with_rights().get(pk=self.cleaned_data["user"].pk)
        if not get_viewable_kinds(user):
            raise forms.ValidationError(
                _("%(name)s can’t view any records, so the webhook would never be notified.")
                % {"name": user.name}
            )
        if Webhook.objects.of_user(user).is_full():
            words = _("%(name)s already has %(number)s webhooks, the maximum for one user.")
            raise forms.ValidationError(words % {"name": user.name, "number": MOST_OF_A_USER})
        return user

    def build_kind_groups(self) -> list[tuple[str | Promise, list[tuple[str, str | Promise, bool]]]]:
        """The kinds of each group: name, label, selected."""
        chosen = set(self["kinds"].value() or [])
        return [(group, [(kind, words, kind in chosen) for kind, words in kinds]) for group, kinds in EVENTS]


class ReplayForm(Form):
    """From when on a webhook is sent again what it missed, or everything; it begins with what failed first."""

    MISSED, EVERYTHING = "missed", "everything"

    since = forms.DateTimeField(
        label=_lazy("Since"),
        widget=DayTimeInput(looks_back=True),
        validators=[check_start],
        help_text=_lazy(
            "A change has the time at which it began. Choose a moment a little before the outage."
        ),
    )
    what = forms.ChoiceField(
        label=_lazy("Changes"),
        choices=[
            (MISSED, _lazy("Only those that didn’t arrive")),
            (EVERYTHING, _lazy("All, also those that arrived")),
        ],
        widget=forms.RadioSelect,
        initial=MISSED,
    )

    def __init__(self, *arguments, webhook: Webhook, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.initial["since"] = get_proposed_start(webhook)

    @property
    def sends_everything(self) -> bool:
        return self.cleaned_data["what"] == self.EVERYTHING
