"""Key columns and search words: derived by triggers generated from the model's columns, so a new field is included."""

from collections.abc import Iterator, Mapping
from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models

from crm.fields.model_fields import AllDomains, KeyColumn, WordsColumn
from crm.fields.types.field_type import get_field_type
from crm.platform.sql.change_triggers import Trigger, build_replanned_statement


def get_key_columns(model: type[models.Model]) -> list[KeyColumn | WordsColumn | AllDomains]:
    fields = model._meta.local_concrete_fields
    return [field for field in fields if isinstance(field, KeyColumn | WordsColumn | AllDomains)]


class Keys(Trigger):
    """Writes all key columns when a row is added or changed."""

    name = "keys"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def compile(self, model):
        """Runs only if one of the sources is written: a bulk change of other columns costs nothing here."""
        sources = sorted({source for key in get_key_columns(model) for source in key.sources})
        self.operation = pgtrigger.Insert | pgtrigger.UpdateOf(*sources)
        return super().compile(model)

    def get_func(self, model) -> str:
        lines = [f'NEW."{key.column}" := {key.sql};' for key in get_key_columns(model)]
        return "\n".join([*lines, "RETURN NEW;"])


class SearchedRecord(models.Model):
    """A record's search words, in a separate table: in the record's row, every bulk change was 3 to 4 times slower.

    A kind has a subclass with `record`, a OneToOneField to its model that is the primary key.
    """

    words = SearchVectorField()

    class Meta:
        abstract = True


# Kilobytes of new words that PostgreSQL collects before it sorts them into the index. Each look into the index reads all of them, and
# "Did you mean" looks for several hundred spellings: with PostgreSQL's own 4 MB, two imports made it eight times slower.
MOST_UNSORTED = 256


def build_words_index(name: str, *, most_unsorted: int | None = None) -> GinIndex:
    return GinIndex(fields=["words"], name=name, gin_pending_list_limit=most_unsorted)


def search_index(name: str) -> GinIndex:
    """The index of a SearchedRecord."""
    return build_words_index(name, most_unsorted=MOST_UNSORTED)


def build_searched_text_sql(model: type[models.Model], names: list[str], row: str) -> str:
    """The text that search looks through for the row called `row`: these fields, each according to its type."""
    parts = [get_field_type(field).search_sql(field, row) for field in _get_fields(model, names)]
    return f"concat_ws(' ', {', '.join(parts)})"


def words_sql(model: type[models.Model], names: list[str], row: str) -> str:
    """The words of that text, by which search finds the row."""
    return f"leadwell_search_words({build_searched_text_sql(model, names, row)})"


def _get_fields(model: type[models.Model], names: list[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


class SearchOfNew(Trigger):
    """The words of added records; `names` are the searched fields."""

    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(name="search_insert", referencing=pgtrigger.Referencing(new="new_rows"))

    def get_func(self, model) -> str:
        words = words_sql(model, self.names, "n")
        return f"""
            INSERT INTO {model.search_table} (record_id, words) SELECT n.id, {words} FROM new_rows n;
            RETURN NULL;
        """


class SearchOfChanged(Trigger):
    """The words of changed records, if one of their source columns changed."""

    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Update

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(
            name="search_update",
            referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
            declare=[("reworded", "bigint[]")],
        )

    def get_func(self, model) -> str:
        columns = [
            column
            for field in _get_fields(model, self.names)
            for column in get_field_type(field).get_searched_columns(field)
        ]
        old, new = (", ".join(f'{row}."{column}"' for column in columns) for row in ("o", "n"))
        reworded = f"""
            SELECT array_agg(n.id) FROM old_rows o JOIN new_rows n ON n.id = o.id
            WHERE ({old}) IS DISTINCT FROM ({new})"""
        # With the words of custom values (crm/fields/custom/search/search_triggers.py), which new records don't have yet.
        text = f"concat_ws(' ', {build_searched_text_sql(model, self.names, 'n')}, custom.told)"
        words = f"""
            UPDATE {model.search_table} s SET words = leadwell_search_words({text})
            FROM new_rows n LEFT JOIN leadwell_custom_texts('{model.table}', $1) custom ON custom.record = n.id
            WHERE s.record_id = n.id AND n.id = ANY($1)"""
        return f"""
            {build_replanned_statement(reworded, into="reworded")}
            IF reworded IS NULL THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(words, using="reworded")}
            RETURN NULL;
        """


def build_derived_triggers(searched: list[str]) -> list[Trigger]:
    """The triggers of a model with key columns and a table of search words."""
    return [Keys(), SearchOfNew(searched), SearchOfChanged(searched)]


def find_wrong_derived_values(
    model: Any, searched: list[str], more: Mapping[str, str] | None = None
) -> Iterator[tuple[int, str, Any, Any]]:
    """Stored values of derived columns and search words that don't follow from the other columns: (id, what, stored, rebuilt).

    `more` are other columns with the SQL that they must equal, for the row `l`.
    """
    yield from find_wrong_key_columns(model, more)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.id FROM {table} l LEFT JOIN {model.search_table} s ON s.record_id = l.id
                LEFT JOIN leadwell_custom_texts('{model.table}', ARRAY(SELECT id FROM {table})) c ON c.record = l.id
                WHERE s.words IS DISTINCT FROM
                    leadwell_search_words(concat_ws(' ', {build_searched_text_sql(model, searched, "l")}, c.told))"""
        )
        for (pk,) in cursor.fetchall():
            yield pk, "search words", "old", "new"


def find_wrong_key_columns(
    model: Any, more: Mapping[str, str] | None = None
) -> Iterator[tuple[int, str, Any, Any]]:
    """The same for derived columns alone."""
    columns = {key.column: key.sql.replace("NEW.", "l.") for key in get_key_columns(model)} | dict(more or {})
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for column, expression in columns.items():
            cursor.execute(
                f"SELECT l.id, l.{column}::text, ({expression})::text FROM {table} l "
                f"WHERE l.{column} IS DISTINCT FROM ({expression})"
            )
            for pk, stored, rebuilt in cursor.fetchall():
                yield pk, str(column), stored, rebuilt
