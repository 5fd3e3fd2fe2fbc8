"""The search words of custom values: triggers keep them with the words of the record, whatever wrote a value."""

from typing import Any

import pgtrigger

from crm.fields.custom.unique.unique_triggers import quote_table_name
from crm.fields.models.custom_values import CustomValues
from crm.fields.search_columns import build_searched_text_sql
from crm.platform.sql.change_triggers import Trigger, build_replanned_statement

# Texts that people type into a search box. Amounts, dates and ratings are found by filters, and users by theirs: in search,
# "5" or a colleague's name would find far too much.
SEARCHABLE = ("text", "long_text", "number", "email", "phone", "url", "choice", "choices")
# What `searched_as` of a field can be, besides '': its values are or may be among the search words.
READY, CHANGING = "ready", "changing"
# More text of one record isn't searched: its words and their endings must fit into one value of the search table.
MOST_CHARACTERS = 20_000

_TYPES = ", ".join(f"'{name}'" for name in SEARCHABLE)
WANTED = f"f.searched AND f.type IN ({_TYPES}) AND f.roles = '{{}}' AND NOT f.retired AND NOT f.deleted"

# As for built-in phones: the digits, without leading zeros, besides what was typed.
_TOLD = r"""CASE WHEN f.type = 'phone'
    THEN concat_ws(' ', v.values->>f.key, ltrim(regexp_replace(v.values->>f.key, '\D', '', 'g'), '0'))
    ELSE v.values->>f.key END"""


def get_searched_models() -> list[tuple[Any, Any]]:
    """The models of searched records with custom values, and those of their values."""
    held: list[Any] = CustomValues.__subclasses__()
    found = [(model._meta.get_field("record").related_model, model) for model in held]
    return [(record, model) for record, model in found if hasattr(record, "search_table")]


def build_functions_sql() -> list[str]:
    """In the order of their dependencies."""
    return [_build_searched_texts_sql(), _build_search_words_sql(), HAS_WORDS, _build_rewrite_sql()]


def _build_searched_texts_sql() -> str:
    """The searched custom texts of records; nothing for those without any."""
    parts = "".join(
        f"""
        IF $1 = '{record.table}' THEN
            RETURN QUERY
            WITH fields AS MATERIALIZED (
                SELECT 'c' || f.id AS key, f.type FROM crm_customfield f WHERE f.id = ANY(asked)),
            parts AS (
                SELECT v.record_id, f.key, {_TOLD} AS told FROM {quote_table_name(values)} v JOIN fields f ON v.values ? f.key
                WHERE v.record_id = ANY($2) AND f.type NOT IN ('choice', 'choices')
                UNION ALL
                SELECT v.record_id, f.key, names->>(f.key || ' ' || held.choice)
                FROM {quote_table_name(values)} v JOIN fields f ON v.values ? f.key
                CROSS JOIN LATERAL jsonb_array_elements_text(
                    CASE f.type WHEN 'choices' THEN v.values->f.key ELSE jsonb_build_array(v.values->f.key) END) AS held(choice)
                WHERE v.record_id = ANY($2) AND f.type IN ('choice', 'choices'))
            SELECT p.record_id, left(string_agg(p.told, ' ' ORDER BY p.key, p.told), {MOST_CHARACTERS}) FROM parts p GROUP BY 1;
        END IF;"""
        for record, values in get_searched_models()
    )
    return f"""
CREATE OR REPLACE FUNCTION leadwell_custom_texts(table_of text, ids bigint[]) RETURNS TABLE(record bigint, told text)
LANGUAGE plpgsql STABLE AS $$
    DECLARE
        asked bigint[] = (SELECT array_agg(f.id) FROM crm_customfield f
            WHERE f.table_of = $1 AND f.searched_as <> '' AND {WANTED});
        -- Each choice is looked up by its key: joining thousands of them to each record took 20 s for 1,000 records.
        names jsonb;
    BEGIN
        IF asked IS NULL THEN
            RETURN;
        END IF;
        SELECT jsonb_object_agg('c' || f.id || ' ' || (choice->>'key'), choice->>'name') INTO names
            FROM crm_customfield f CROSS JOIN LATERAL jsonb_array_elements(f.choices) choice
            WHERE f.id = ANY(asked) AND f.type IN ('choice', 'choices');{parts}
    END;
$$;
"""


def _build_search_words_sql() -> str:
    """The search words of records as they should be."""
    parts = "".join(
        f"""
        IF $1 = '{record.table}' THEN
            RETURN QUERY SELECT l.id, leadwell_search_words(
                concat_ws(' ', {build_searched_text_sql(record, record.searched_fields, "l")}, custom.told))
            FROM {quote_table_name(record)} l LEFT JOIN leadwell_custom_texts($1, $2) custom ON custom.record = l.id
            WHERE l.id = ANY($2);
        END IF;"""
        for record, _values in get_searched_models()
    )
    return f"""
CREATE OR REPLACE FUNCTION leadwell_record_words(table_of text, ids bigint[]) RETURNS TABLE(record bigint, words tsvector)
LANGUAGE plpgsql STABLE AS $$
    BEGIN{parts}
    END;
$$;
"""


# Whether the present text of a record has the words of a search.
HAS_WORDS = """
CREATE OR REPLACE FUNCTION leadwell_has_words(table_of text, record bigint, query text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM leadwell_record_words($1, ARRAY[$2]) w WHERE w.words @@ leadwell_search_query($3));
    END;
$$;
"""


def _build_rewrite_sql() -> str:
    """Write the words of up to `most` records with a value in one of the fields; returns the last id, NULL at the end.

    The records are locked first and read afterwards, so no change of the same moment is lost.
    """
    parts = "".join(
        f"""
        IF $1 = '{record.table}' THEN
            ids := ARRAY(SELECT v.record_id FROM {quote_table_name(values)} v WHERE v.record_id > $3 AND v.values ?| $2
                ORDER BY v.record_id LIMIT $4);
            PERFORM FROM {quote_table_name(record)} l WHERE l.id = ANY(ids) ORDER BY l.id FOR NO KEY UPDATE;
            UPDATE {record.search_table} s SET words = w.words FROM leadwell_record_words($1, ids) w
                WHERE s.record_id = w.record AND s.words IS DISTINCT FROM w.words;
        END IF;"""
        for record, values in get_searched_models()
    )
    return f"""
CREATE OR REPLACE FUNCTION leadwell_reword(table_of text, fields text[], after bigint, most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        ids bigint[];
    BEGIN{parts}
        RETURN ids[cardinality(ids)];
    END;
$$;
"""


class WordsOfValues(Trigger):
    """Writes the search words of records whose searched values a statement has changed. Its name makes it the last trigger:
    the history has locked the records by then, so their other columns can't change meanwhile."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    def __init__(self, *, table: str, **keywords) -> None:
        self.table = table
        # Also those whose words are being removed: a value that is gone has no word left.
        keys = f"(SELECT array_agg('c' || id) FROM crm_customfield WHERE searched_as <> '' AND table_of = '{table}')"
        super().__init__(declare=[("keys", f"text[] = {keys}"), ("reworded", "bigint[]")], **keywords)

    def get_func(self, model) -> str:
        record = model._meta.get_field("record").related_model
        rows = """SELECT array_agg(record_id) FROM new_rows n JOIN old_rows o USING (record_id) WHERE EXISTS (
            SELECT FROM unnest($1) key WHERE n.values->key IS DISTINCT FROM o.values->key)"""
        if self.operation is pgtrigger.Insert:
            rows = "SELECT array_agg(record_id) FROM new_rows WHERE values ?| $1"
        elif self.operation is pgtrigger.Delete:
            rows = "SELECT array_agg(record_id) FROM old_rows WHERE values ?| $1"
        words = f"""
            UPDATE {record.search_table} s SET words = w.words FROM leadwell_record_words('{self.table}', $1) w
            WHERE s.record_id = w.record"""
        return f"""
            IF keys IS NULL THEN
                RETURN NULL;
            END IF;
            {build_replanned_statement(rows, into="reworded", using="keys")}
            IF reworded IS NOT NULL THEN
                {build_replanned_statement(words, using="reworded")}
            END IF;
            RETURN NULL;
        """


def build_search_triggers(table: str) -> list[pgtrigger.Trigger]:
    """The triggers of a table of custom values. `table` is the name of its record type."""
    old, new = {"old": "old_rows"}, {"new": "new_rows"}
    references = {pgtrigger.Insert: new, pgtrigger.Update: {**old, **new}, pgtrigger.Delete: old}
    return [
        WordsOfValues(
            table=table,
            name=f"words_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
        )
        for operation, rows in references.items()
    ]


class SearchedAnew(Trigger):
    """Whatever a change of a definition means for search, its words have to be written again. New choices mean nothing,
    because no record has them yet."""

    level = pgtrigger.Row
    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("searched", "roles", "retired", "deleted", "type", "choices")

    def get_func(self, model) -> str:
        return """
            IF OLD.searched_as <> '' AND (
                (OLD.searched, OLD.roles, OLD.retired, OLD.deleted, OLD.type)
                    IS DISTINCT FROM (NEW.searched, NEW.roles, NEW.retired, NEW.deleted, NEW.type)
                OR EXISTS (
                    SELECT FROM jsonb_array_elements(OLD.choices) o
                    LEFT JOIN jsonb_array_elements(NEW.choices) n ON n->>'key' = o->>'key'
                    WHERE n->>'name' IS DISTINCT FROM o->>'name')
            ) THEN
                NEW.searched_as := 'changing';
            END IF;
            RETURN NEW;
        """
