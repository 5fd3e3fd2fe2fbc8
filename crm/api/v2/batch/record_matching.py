"""Upsert: the record that a program means by the value of a field, among those that its user sees.

A record that the user doesn't see is as if it didn't exist, so a new one is added; if it has the value of a unique field, the
form refuses that, as in a single call. Converted leads don't count: they can't be changed any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from crm.api.call_parameters import require_known
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.v2.custom_fields import (
    CUSTOM_FIELDS_KEY,
    convert_to_form_value,
    get_error_key,
    has_json_type,
)
from crm.fields.custom.unique.taken_values import (
    get_comparison_keys,
    get_holders_by_key,
    get_keys_by_record,
    get_unique_fields,
)
from crm.fields.model_fields import KeyColumn
from crm.fields.schemas import WHOLE_NAME
from crm.fields.types.domains import tidy_domain
from crm.fields.types.field_type import get_field_type
from crm.platform.text.text_folding import fold_texts
from crm.records.kinds.kind_registry import Kind

# Fields that stand for the one that a program sends.
SENT_AS = {"domains": "domain"}
# A second email may be shared.
NOT_MATCHED = {WHOLE_NAME, "second_email"}


def get_match_names(kind: Kind, user: Any) -> list[str]:
    """The fields by which records of this type can be matched: those that identify one, and unique custom fields."""
    own = [SENT_AS.get(name, name) for name in kind.identified_by if name not in NOT_MATCHED]
    return [*own, *(field.name for field in get_unique_fields(kind.name, user))]


def build_matching(kind: Kind, name: str, user: Any) -> "Matching":
    """Raises Problem 422 for a field that records can't be matched by."""
    known = get_match_names(kind, user)
    if not known:
        raise build_invalid_problem(match=f"No field of {kind.words.many} is unique. Send ids.")
    require_known("match", name, known)
    unique = next((field for field in get_unique_fields(kind.name, user) if field.name == name), None)
    return Matching(kind, name, user, unique)


@dataclass(frozen=True)
class Matching:
    """`unique` is the custom field, if it is one."""

    kind: Kind
    name: str
    user: Any
    unique: Any = None

    @property
    def error_key(self) -> str:
        return get_error_key(self.name) if self.unique else self.name

    def read_keys(self, sent: Sequence[Mapping[str, Any]]) -> list[str]:
        """What each of these records is matched by; '' without a value."""
        values = [read_unique_value(self.unique, row) if self.unique else row.get(self.name) for row in sent]
        if self.unique:
            keys: Mapping[Any, str] = get_comparison_keys(self.unique, values)
            return [keys.get(value, "") if value is not None else "" for value in values]
        texts = [value.strip().replace("\0", "") if isinstance(value, str) else "" for value in values]
        texts = [text.encode("utf-8", "replace").decode() for text in texts]
        if self.name == "domain":
            return [tidy_domain(text) for text in texts]
        if not isinstance(self._column, KeyColumn):
            return texts
        folded = fold_texts(filter(None, texts), function=self._column.fold, length=self._column.max_length)
        return [folded.get(text, "") for text in texts]

    def get_keys_by_record(self, ids: Iterable[int]) -> dict[int, set[str]]:
        """What these records are matched by now."""
        if self.unique:
            return {pk: {key} for pk, key in get_keys_by_record(self.unique, ids).items()}
        rows = self.kind.model.objects.filter(pk__any=list(ids)).values_list("pk", self._lookup)
        return {pk: {*value} if isinstance(value, list) else {value} for pk, value in rows}

    def find(self, keys: Iterable[str]) -> dict[str, list[int]]:
        """The visible records with each of these keys."""
        wanted = {key for key in keys if key}
        if not wanted:
            return {}
        model: Any = self.kind.model
        rows = model.objects.present().visible_to(self.user)
        if model.read_only:
            rows = rows.exclude(model.read_only[1])
        found: dict[str, list[int]] = defaultdict(list)
        if self.unique:
            holders = get_holders_by_key(self.unique, wanted)
            seen = set(rows.filter(pk__any=[*holders.values()]).values_list("pk", flat=True))
            return {key: [pk] for key, pk in holders.items() if pk in seen}
        many = self._lookup == "domains"
        condition = {f"{self._lookup}__{'overlap' if many else 'in'}": sorted(wanted)}
        for pk, value in rows.filter(**condition).order_by("pk").values_list("pk", self._lookup):
            for key in wanted.intersection(value if many else [value]):
                found[key].append(pk)
        return found

    def choose(self, key: str, found: Mapping[str, list[int]]) -> int | None:
        """The record to change; None to add one. Raises Problem 422 without a value, 409 if several records have it."""
        if not key:
            words = f"Send a value: records are matched by {self.error_key}."
            raise build_invalid_problem(**{self.error_key: words})
        ids = found.get(key, [])
        if len(ids) > 1:
            words = f"{len(ids)} {self.kind.words.many} have this {self.error_key}. Send the id of the one that you mean."
            raise ApiProblem(409, "ambiguous", words, {self.error_key: [words]})
        return ids[0] if ids else None

    @property
    def _lookup(self) -> str:
        if self.name == "domain":
            return "domains"
        field: Any = self.kind.model._meta.get_field(self.name)
        return get_field_type(field).get_sort_column(field)

    @property
    def _column(self) -> Any:
        return self.kind.model._meta.get_field(self._lookup)


def read_unique_value(field: Any, sent: Mapping[str, Any]) -> Any:
    """The value that a program sends for a unique custom field, as Python has it; None for none, and for one that isn't valid."""
    custom = sent.get(CUSTOM_FIELDS_KEY)
    value = custom.get(field.name) if isinstance(custom, dict) else None
    if value is None or not has_json_type(field, value):
        return None
    text = convert_to_form_value(field, value)
    if isinstance(text, str):
        text = text.replace("\0", "").encode("utf-8", "replace").decode().strip()
    try:
        return field.to_python(text)
    except ValidationError:
        return None
