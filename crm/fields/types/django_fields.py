"""The types of Django's own model fields."""

from django.conf import settings
from django.db import models
from django_countries.fields import CountryField

from crm.fields.types import choices, dates, numbers, texts
from crm.fields.types.field_type import FINDERS, FieldType

LINE, PROSE, NUMBER = texts.Line(), texts.Prose(), numbers.Number()
DAY, MOMENT, YES_NO = dates.Day(), dates.Moment(), choices.YesNo()
CHOICE, COUNTRY = choices.Choice(), choices.Country()
RELATED, PERSON, DEPARTMENT = choices.Related(), choices.Person(), choices.Department()

BY_CLASS: list[tuple[type, FieldType]] = [
    (CountryField, COUNTRY),
    (models.BooleanField, YES_NO),
    (models.DateTimeField, MOMENT),
    (models.DateField, DAY),
    (models.TextField, PROSE),
    (models.DecimalField, NUMBER),
    (models.IntegerField, NUMBER),
]


def get_field_type_of_class(field: models.Field) -> FieldType:
    if isinstance(field, models.ForeignKey):
        # While models are loading, the other model is only known by its name.
        target = field.remote_field.model
        name = target if isinstance(target, str) else target._meta.label
        return {settings.AUTH_USER_MODEL: PERSON, settings.DEPARTMENT_MODEL: DEPARTMENT}.get(name, RELATED)
    if field.choices and not isinstance(field, CountryField):
        return CHOICE
    for known, found in BY_CLASS:
        if isinstance(field, known):
            return found
    return LINE


FINDERS.append(get_field_type_of_class)
