"""The types of formulas: as the types of their results, but computed and never stored."""

from typing import Any

from django.db.models import Func, TextField
from django.db.models.functions import Left

from crm.custom.choice_types import YesNo
from crm.custom.formulas.sql import FormulaValue
from crm.custom.stored import plain_field
from crm.custom.types import Day, Money, Number, Text
from crm.fields import texts
from crm.fields.columns import KEY_LENGTH
from crm.templatetags.look import money


class Computed:
    def expressions(self, field: Any) -> dict[str, Any]:
        return {field.name: FormulaValue(field.formula, plain_field(field))}


class ComputedNumber(Computed, Number):
    pass


class ComputedMoney(Computed, Money):
    def text(self, field, value, reader=None):
        unit = field.definition.unit or field.formula.result.unit
        return "" if value in (None, "") else money(value, unit).strip()


class ComputedDay(Computed, Day):
    pass


class ComputedYesNo(Computed, YesNo):
    pass


class ComputedText(Computed, Text):
    def expressions(self, field):
        found = super().expressions(field)
        text = Func(found[field.name], function="leadwell_fold", output_field=TextField())
        return found | {f"{field.name}{texts.KEY}": Left(text, KEY_LENGTH)}


OF_RESULT: dict[str, Any] = {
    "number": ComputedNumber(),
    "money": ComputedMoney(),
    "date": ComputedDay(),
    "yes_no": ComputedYesNo(),
    "text": ComputedText(),
}
