"""An amount in a form, read the way people type it: 1250, 1,250.00, 1.250,00, 1 250."""

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _

from crm.excel.numbers import read_number


class AmountInput(forms.DecimalField):
    """If a text can be read in two ways, such as 1.250, the reader's language decides."""

    def __init__(self, **keywords) -> None:
        keywords["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**keywords)

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return super().to_python(str(read_number(value, decimal=formats.get_format("DECIMAL_SEPARATOR"))))
        except ValueError:
            raise forms.ValidationError(_("Enter an amount like 1250 or 1,250.00.")) from None
