"""The form of a further contact of a deal; labels and limits are on the model."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.types.record_links import offer_links
from crm.platform.web.rendering.form_rendering import ModelForm
from customers.models import Deal, DealContact
from customers.models.deal_contact import ROLES


class Suggested(forms.TextInput):
    """A text with suggestions, which the browser shows."""

    template_name = "deal_contacts/_role_input.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        found = f"{context['widget']['attrs']['id']}_suggested"
        context["widget"]["attrs"]["list"] = found
        return context | {"suggested": ROLES}


class DealContactForm(ModelForm):
    """For a new one and for one that exists."""

    class Meta:
        model = DealContact
        fields = ["contact", "role"]
        widgets = {"role": Suggested}

    def __init__(self, *arguments, viewer: User, deal: Deal, **keywords) -> None:
        self.deal = deal
        super().__init__(*arguments, **keywords)
        offer_links(self, viewer)

    def clean_contact(self) -> Any:
        contact = self.cleaned_data["contact"]
        if contact.pk == self.deal.contact_id:
            raise forms.ValidationError(_("This is the main contact of the deal."))
        others = (
            DealContact.objects.present()
            .of_record(self.deal)
            .leading_to(contact)
            .exclude(pk=self.instance.pk)
        )
        if others.exists():
            raise forms.ValidationError(_("This contact is already on the deal."))
        return contact

    def get_changes(self, before: DealContact) -> dict[str, Any]:
        """What differs from the one before."""
        return {name: value for name, value in self.cleaned_data.items() if value != getattr(before, name)}
