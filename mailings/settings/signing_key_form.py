"""The form of the key that signs the mailings of a domain."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import ModelForm
from mailings.models import SigningKey
from mailings.sending.signing_keys import generate_key, parse_private_key, write_key


class SigningKeyForm(ModelForm):
    private_key = forms.CharField(
        label=_("Private key"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "If empty, a new key is generated. Paste one in PEM format to use a key that you already have."
        ),
    )

    class Meta:
        model = SigningKey
        fields = ["selector", "private_key"]

    def clean_selector(self) -> str:
        return self.cleaned_data["selector"].lower()

    def clean_private_key(self) -> RSAPrivateKey | None:
        pem = self.cleaned_data["private_key"].strip()
        return parse_private_key(pem) if pem else None

    def save(self, commit: bool = True) -> SigningKey:
        write_key(self.instance, self.cleaned_data["private_key"] or generate_key())
        return super().save(commit)
