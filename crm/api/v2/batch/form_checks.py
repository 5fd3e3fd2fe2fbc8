"""What the forms of many records look up, looked up together: rows that are chosen, constraints, and values of unique fields.

Each form still judges its record by all of its rules. What one form would ask the database for is asked once for all of them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import CheckConstraint
from django.db.models.sql import Query

from crm.api.v2.record_writing import get_dropped_value_errors
from crm.fields.custom.unique.taken_values import get_taken_sentences_by_record, get_unique_fields
from crm.fields.record_labels import parse_label_number
from crm.fields.types.record_links import RecordChoice
from crm.platform.web.id_parsing import parse_number
from crm.records.history.jobs import build_query_dict
from crm.records.kinds.kind_registry import Kind


@dataclass
class JudgedRecord:
    """A record as its form has judged it: `errors` are the first sentences by field, `values` what is written if there are none.
    `dropped` are sentences about values that the form would drop, for a record without errors. `unjudged` are the model fields
    that the form doesn't judge, so neither do constraints about them."""

    instance: Any
    errors: dict[str, str]
    dropped: dict[str, str]
    values: dict[str, Any]
    unique: dict[str, Any]
    unjudged: set[str]

    def get_errors(self) -> dict[str, str]:
        return self.errors or self.dropped


def rebind_form(form: Any, instance: Any, sent: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Let the form of a new record judge another one, without building all its fields again."""
    form.is_bound, form.data, form.instance, form.sent = True, build_query_dict(dict(values)), instance, sent
    form._errors = None
    form.__dict__.pop("changed_data", None)


def is_choice(asked: Any) -> bool:
    return isinstance(asked, forms.ModelChoiceField) or (
        isinstance(asked, forms.ChoiceField) and not isinstance(asked, forms.MultipleChoiceField)
    )


class FormChecks:
    """For the forms of one batch; `sent` has the values of all its records as a form takes them."""

    def __init__(self, kind: Kind, user: Any, sent: Iterable[Mapping[str, Any]]) -> None:
        self.kind, self.user = kind, user
        self._texts: dict[str, set[str]] = {}
        for values in sent:
            for name, value in values.items():
                if isinstance(value, str):
                    self._texts.setdefault(name, set()).add(value)
        self._unique = [field.name for field in get_unique_fields(kind.name, user)]
        self._choices: dict[str, list[Any]] = {}
        self._rows: dict[tuple, dict[str, Any]] = {}
        self._misses: dict[tuple, Any] = {}

    # Before a form judges

    def attach(self, form: Any, names: Iterable[str]) -> Callable[[], set[str]]:
        """Let the form look up here what it would ask the database for; `names` are the fields with a value to judge. Returns what
        names the model fields that the form doesn't judge."""
        judged = form._get_validation_exclusions
        # What is among the choices of the form needn't be looked for again by the model.
        chosen = {name for name, asked in form.fields.items() if is_choice(asked)}
        form._get_validation_exclusions = lambda: judged() | chosen
        form._check_unique = lambda data: None
        for name in names:
            asked = form.fields[name]
            if isinstance(asked, forms.ModelChoiceField) and not asked.disabled:
                self._answer_choice(name, asked)
            elif isinstance(asked, forms.ChoiceField) and not isinstance(asked.choices, list):
                # Names of countries are sorted again each time that they are asked for.
                if name not in self._choices:
                    self._choices[name] = list(cast(Any, asked.choices))
                asked.choices = self._choices[name]
        return judged

    def _answer_choice(self, name: str, asked: forms.ModelChoiceField) -> None:
        look_up = asked.to_python
        # Of forms of different records, these are the same rows.
        offered: Any = getattr(asked, "offered", None)
        rows_offered: Any = asked.queryset if offered is None else offered
        read_number = parse_label_number if isinstance(asked, RecordChoice) else parse_number
        key: list[tuple] = []

        def find_row(value: Any) -> Any:
            text = str(value).strip()
            number = read_number(text) if value not in asked.empty_values else None
            if number is None:
                return look_up(value)
            if not key:
                sql, parameters = rows_offered.order_by().query.sql_with_params()
                key.append((name, sql, repr(parameters)))
            rows = self._rows.get(key[0])
            if rows is None:
                rows = self._rows[key[0]] = self._read_rows(name, rows_offered)
            if str(number) in rows:
                return rows[str(number)]
            return self._look_up_once((*key[0], text), look_up, value)

        asked.to_python = find_row  # type: ignore[method-assign]

    def _read_rows(self, name: str, queryset: Any) -> dict[str, Any]:
        found = {parse_label_number(text) for text in self._texts.get(name, ())}
        numbers = [number for number in found if number is not None and number < 2**63]
        return {str(row.pk): row for row in queryset.filter(pk__in=numbers)} if numbers else {}

    def _look_up_once(self, key: tuple, look_up: Any, value: Any) -> Any:
        """What isn't there is looked for once in the field's own way, which has the sentence."""
        if key not in self._misses:
            try:
                self._misses[key] = look_up(value)
            except ValidationError as error:
                self._misses[key] = error
        if isinstance(self._misses[key], ValidationError):
            raise self._misses[key]
        return self._misses[key]

    def judge(self, form: Any, sent: Mapping[str, Any], get_unjudged: Callable[[], set[str]]) -> JudgedRecord:
        """So far without constraints and unique values."""
        # All constraints are judged at the end.
        form.instance.validate_constraints = lambda exclude=None: None
        errors = {name: str(sentences[0]) for name, sentences in form.errors.items()}
        cleaned = form.cleaned_data
        return JudgedRecord(
            form.instance,
            errors,
            {} if errors else get_dropped_value_errors(form, dict(sent)),
            {} if errors else form.get_values() if form.is_new else form.get_changes(),
            {name: cleaned[name] for name in self._unique if name in cleaned},
            set(get_unjudged()),
        )

    # After all forms have judged

    def judge_together(self, records: list[JudgedRecord]) -> None:
        """Add the errors of constraints and unique values to those of the forms."""
        self._judge_unique_values(records)
        for constraint in self.kind.model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                self._judge_constraint(constraint, records)

    def _judge_unique_values(self, records: list[JudgedRecord]) -> None:
        rows = [(one.unique, one.instance.pk) for one in records]
        found = get_taken_sentences_by_record(self.kind.model, rows, self.user)
        for one, taken in zip(records, found, strict=True):
            one.errors = taken | one.errors

    def _judge_constraint(self, constraint: CheckConstraint, records: list[JudgedRecord]) -> None:
        """As `CheckConstraint.validate` does for one record: a constraint about a field that isn't judged says nothing."""
        model = self.kind.model
        condition_of_rows: Any = constraint.condition
        names = {name.partition("__")[0] for name in condition_of_rows.referenced_base_fields}
        judged = [one for one in records if names.isdisjoint(one.unjudged)]
        if not judged:
            return
        fields: list[Any] = [model._meta.get_field(name) for name in names]
        rows = [
            {str(row.column): row.get_prep_value(getattr(one.instance, row.attname)) for row in fields}
            for one in judged
        ]
        query: Any = Query(model, alias_cols=False)
        condition, parameters = query.build_where(condition_of_rows).as_sql(
            query.get_compiler(connection=connection), connection
        )
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT sent.place FROM unnest(%s::jsonb[]) WITH ORDINALITY sent(row, place)
                    CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, sent.row) new
                    WHERE NOT coalesce(({condition}), true)""",  # noqa: S608 - of the model
                [[json.dumps(row, cls=DjangoJSONEncoder) for row in rows], *parameters],
            )
            broken = [place for (place,) in cursor.fetchall()]
        for place in broken:
            sentence = str(constraint.get_violation_error_message())
            judged[place - 1].errors.setdefault("__all__", sentence)
