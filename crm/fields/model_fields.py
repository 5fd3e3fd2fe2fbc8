"""Model fields that know their type. Migrations see Django's own fields: a type is code, not part of the database.

A sortable text field adds its key column, the way a foreign key adds its `_id`: `company` adds `company_key`. Only
triggers write it (crm/fields/search_columns.py).
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Left
from django.utils.module_loading import import_string

from crm.fields.amount_input import AmountInput
from crm.fields.types import choices, dates, domains, durations, numbers, texts
from crm.fields.types.field_type import FieldType
from crm.fields.types.row_choices import RowNames
from crm.fields.types.websites import check_website

KEY_LENGTH = 100


class Plain:
    """A model field that migrations record as Django's own. Those visible to users have a `type`."""

    type: ClassVar[FieldType]
    path: ClassVar[str] = "django.db.models.CharField"

    def deconstruct(self) -> Any:
        name, _path, arguments, keywords = super().deconstruct()  # type: ignore[misc]
        return name, self.path, arguments, keywords

    def clone(self) -> Any:
        """Migrations compare and build models with Django's field, which adds no other column."""
        _name, path, arguments, keywords = self.deconstruct()
        return import_string(path)(*arguments, **keywords)


class KeyColumn(Plain, models.CharField):
    """A folded copy of a text for sorting and looking up; derived, so history doesn't record it."""

    derived = True

    def __init__(
        self,
        *sources: str,
        of: str = "",
        fold: str = "leadwell_fold",
        max_length: int = KEY_LENGTH,
    ) -> None:
        """`sources` are the columns it is made of, `of` is the SQL over the row NEW if it isn't simply one column,
        `fold` is the database function."""
        self.sources, self.fold, self.of = sources, fold, of or f'NEW."{sources[0]}"'
        fixed: dict[str, Any] = {"blank": True, "default": "", "db_default": "", "editable": False}
        super().__init__(max_length=max_length, db_collation="C", **fixed)

    def build_key_expression(self, text: str) -> Func:
        """The key that the database would make of this text."""
        folded = Func(Value(text), function=self.fold, output_field=models.TextField())
        return Left(folded, self.max_length or KEY_LENGTH)

    @property
    def sql(self) -> str:
        return f"left({self.fold}({self.of}), {self.max_length})"


class WordsColumn(Plain, SearchVectorField):
    """The words of a text, by whose beginnings search finds the row; derived, so history doesn't record it."""

    derived = True
    path = "django.contrib.postgres.search.SearchVectorField"

    def __init__(self, source: str) -> None:
        self.sources = (source,)
        super().__init__(null=True, editable=False)

    @property
    def sql(self) -> str:
        return f'leadwell_words(NEW."{self.sources[0]}")'


class TextField(Plain, models.CharField):
    type = texts.Text()

    def contribute_to_class(self, cls, name, *arguments, **keywords) -> None:
        super().contribute_to_class(cls, name, *arguments, **keywords)
        if not cls._meta.abstract:
            cls.add_to_class(f"{name}_key", KeyColumn(name))


# Django's annotation expects validators that return nothing.
ONE_LINE: list[Any] = [texts.one_line]


class LineField(Plain, models.CharField):
    """A text of one line, whatever its source."""

    type = texts.Line()
    default_validators = ONE_LINE


class NameField(TextField):
    """A sortable text of one line."""

    default_validators = ONE_LINE


class EmailField(Plain, models.EmailField):
    type = texts.Email()
    path = "django.db.models.EmailField"

    def contribute_to_class(self, cls, name, *arguments, **keywords) -> None:
        super().contribute_to_class(cls, name, *arguments, **keywords)
        if not cls._meta.abstract:
            key = KeyColumn(name, fold="leadwell_fold_email", max_length=self.max_length or 254)
            cls.add_to_class(f"{name}_key", key)


class PhoneField(Plain, models.CharField):
    """Adds `<name>_normal`, its normalized form; code that writes the phone writes both (crm/fields/types/phones.py)."""

    type = texts.Phone()

    def contribute_to_class(self, cls, name, *arguments, **keywords) -> None:
        super().contribute_to_class(cls, name, *arguments, **keywords)
        if not cls._meta.abstract:
            normal = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
            cls.add_to_class(f"{name}_normal", normal)


class CodeField(Plain, models.CharField):
    """A text that sorts letter by letter on any server."""

    type: ClassVar[FieldType] = texts.Code()

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"db_collation": "C", **keywords})


# Django's annotation expects validators that return nothing.
ONE_WEBSITE: list[Any] = [check_website]
ONE_DOMAIN: list[Any] = [domains.check_domain]
SEVERAL_DOMAINS: list[Any] = [domains.check_domains]


class WebsiteField(CodeField):
    type = texts.Website()
    default_validators = ONE_WEBSITE


class DomainField(CodeField):
    """A domain in lower case."""

    type = domains.Domain()
    default_validators = ONE_DOMAIN

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": domains.DomainInput, **keywords})


class DomainsField(Plain, models.CharField):
    """Several domains in one text, separated by commas."""

    type = domains.Domains()
    default_validators = SEVERAL_DOMAINS

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": domains.DomainsInput, **keywords})


class AllDomains(Plain, ArrayField):
    """The domains of one field and of several in another as an array, for looking up; derived, so history doesn't record
    it."""

    derived = True
    path = "django.contrib.postgres.fields.ArrayField"

    def __init__(self, *sources: str) -> None:
        self.sources = sources
        fixed: dict[str, Any] = {"blank": True, "default": list, "db_default": [], "editable": False}
        super().__init__(models.CharField(max_length=domains.LONGEST), **fixed)

    @property
    def sql(self) -> str:
        texts_of = ", ".join(f"nullif(NEW.\"{source}\", '')" for source in self.sources)
        return f"coalesce(string_to_array(nullif(lower(concat_ws(', ', {texts_of})), ''), ', '), '{{}}')::varchar[]"


class BaseValueColumn(Plain, models.DecimalField):
    """The value of a money field in the base currency; only triggers write it."""

    derived = True
    path = "django.db.models.DecimalField"

    def __init__(self) -> None:
        super().__init__(max_digits=24, decimal_places=2, null=True, editable=False)


class DerivedMoment(Plain, models.DateTimeField):
    """A time that follows from other columns; only triggers write it, so history doesn't record it."""

    derived = True
    type = dates.Moment()
    path = "django.db.models.DateTimeField"

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"null": True, "blank": True, "editable": False, **keywords})


class DerivedPoints(Plain, models.IntegerField):
    """A sum of points that follows from other rows; only triggers write it, so history doesn't record it. 0 at first."""

    derived = True
    type = numbers.Points()
    path = "django.db.models.IntegerField"

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"default": 0, "db_default": 0, "editable": False, **keywords})


class ErasedField(Plain, models.DateTimeField):
    """When the person that a record is about was erased."""

    type = dates.Moment()
    path = "django.db.models.DateTimeField"

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"null": True, "editable": False, **keywords})


class MinutesField(Plain, models.PositiveIntegerField):
    """A length of time in minutes, which people write as "4 h" or "30 min"."""

    type = durations.Minutes()
    path = "django.db.models.PositiveIntegerField"

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": durations.MinutesInput, **keywords})


class PercentField(Plain, models.PositiveSmallIntegerField):
    """A share from 0 to 100, without decimals."""

    type = numbers.Percent()
    path = "django.db.models.PositiveSmallIntegerField"

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(
            *arguments, **{"null": True, "blank": True, "validators": [MaxValueValidator(100)], **keywords}
        )


class MoneyField(Plain, models.DecimalField):
    """An amount with a field for its currency; it adds the column for its value in the base currency."""

    type = numbers.Money()
    path = "django.db.models.DecimalField"

    def __init__(self, *arguments, currency: str = "currency", base: str = "base_value", **keywords) -> None:
        self.currency_field, self.base_column = currency, base
        super().__init__(*arguments, **keywords)

    def contribute_to_class(self, cls, name, *arguments, **keywords) -> None:
        super().contribute_to_class(cls, name, *arguments, **keywords)
        if not cls._meta.abstract:
            cls.add_to_class(self.base_column, BaseValueColumn())

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": AmountInput, **keywords})


class NamesField(Plain, ArrayField):
    """Several names, such as those of fields or departments; `words` turns them into one text."""

    path = "django.contrib.postgres.fields.ArrayField"

    def __init__(self, *arguments, words: Callable[[list], str] | None = None, **keywords) -> None:
        self.type = choices.Names(words)  # type: ignore[misc]
        super().__init__(*arguments, **keywords)


class RowsField(Plain, ArrayField):
    """The ids of several rows of a small table, such as "accounts.Role"."""

    path = "django.contrib.postgres.fields.ArrayField"

    def __init__(self, *arguments, of: str = "", unseen: Any = "", **keywords) -> None:
        self.type = RowNames(of, unseen)  # type: ignore[misc]
        keywords = {"default": list, "blank": True, "db_default": [], **keywords}
        super().__init__(keywords.pop("base_field", None) or models.BigIntegerField(), *arguments, **keywords)


class TagsField(Plain, ArrayField):
    type = choices.Tags()
    path = "django.contrib.postgres.fields.ArrayField"

    def __init__(self, *arguments, **keywords) -> None:
        keywords = {"default": list, "blank": True, "db_default": [], **keywords}
        super().__init__(keywords.pop("base_field", None) or models.BigIntegerField(), *arguments, **keywords)
