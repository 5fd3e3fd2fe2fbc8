"""An amount in a form, read the way people type it: 1250, 1,250.00, 1.250,00, 1 250, and with a currency, $1,250."""

from collections.abc import Sequence

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _

from crm.platform.excel.parsing.number_parsing import parse_amount


class AmountInput(forms.DecimalField):
    """If a text can be read in two ways, such as 1.250, the reader's language decides.

    A form that knows the currency sets `names_currency`, and compares it with `currencies`, those that the text may mean.
    """

    currencies: tuple[str, ...] = ()

    def __init__(self, *, names_currency: bool = False, **keywords) -> None:
        self.names_currency = names_currency
        keywords["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**keywords)

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            amount = parse_amount(value, decimal=formats.get_format("DECIMAL_SEPARATOR"))
        except ValueError:
            raise forms.ValidationError(_("Enter an amount like 1250 or 1,250.00.")) from None
        if amount.currencies and not self.names_currency:
            raise forms.ValidationError(_("Enter an amount like 1250 or 1,250.00."))
        self.currencies = amount.currencies
        return super().to_python(str(amount.number))


def get_other_currency_error(named: Sequence[str], chosen: str) -> str:
    """The sentence for an amount whose sign or code isn't that of its currency, '' if it is."""
    if not named or chosen in named:
        return ""
    words = {"said": named[0], "currency": chosen}
    return _("This amount is in %(said)s, but its currency is %(currency)s.") % words
