"""Leadwell's own SQL functions. They use core PostgreSQL only and depend on no collation."""

# Lower case, without marks, Ø as o and so on: sorting and looking up people's texts on any server. Neither function is
# STRICT: PostgreSQL then inserts its text into the statement that calls it, which takes a third of the time.
FOLD = r"""
CREATE OR REPLACE FUNCTION leadwell_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length($1) = char_length($1) THEN lower($1)
    ELSE lower(replace(replace(replace(replace(replace(replace(replace(translate(
        regexp_replace(normalize(lower($1), NFKD), '[\u0300-\u036f]', '', 'g'),
        'øØđĐłŁħĦıŧŦðÐ', 'oOdDlLhHitTdD'),
        'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th'), 'Þ', 'th'))
    END
$$;
"""

FOLD_EMAIL = r"""
CREATE OR REPLACE FUNCTION leadwell_fold_email(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length($1) = char_length($1) THEN lower(btrim($1)) ELSE lower(normalize(btrim($1), NFKC)) END
$$;
"""

# A day and a moment (UTC) as custom fields store them, such as 2026-05-01 and 2026-05-01T10:00:00+00:00. A cast would
# depend on settings of the server, so no index could contain it. Not STRICT, for the same reason as above.
DAY = """
CREATE OR REPLACE FUNCTION leadwell_day(text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT make_date(substr($1, 1, 4)::integer, substr($1, 6, 2)::integer, substr($1, 9, 2)::integer)
$$;
"""

MOMENT = """
CREATE OR REPLACE FUNCTION leadwell_moment(text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT make_timestamp(substr($1, 1, 4)::integer, substr($1, 6, 2)::integer, substr($1, 9, 2)::integer,
        substr($1, 12, 2)::integer, substr($1, 15, 2)::integer, rtrim(split_part(substr($1, 18), '+', 1), 'Z')::double precision)
        AT TIME ZONE 'UTC'
$$;
"""

# Word separators: ASCII and common Unicode punctuation and white space; anything else is part of a word.
WORD_SEPARATORS = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2000-\u206f\u3000-\u303f]+"

# Each word, each of its endings with three or more letters (so that a prefix query finds any part), and its start
# marked with ^ for terms of one or two letters. Endings are stored for words up to 40 characters.
LEXEMES_OF_WORD = """
        SELECT '^' || left(word, 2)
        UNION ALL SELECT word
        UNION ALL SELECT substr(word, place) FROM generate_series(2, char_length(word) - 2) AS place
                  WHERE char_length(word) <= 40""".strip()

SEARCH_WORDS = rf"""
CREATE OR REPLACE FUNCTION leadwell_search_words(text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT lexeme), '{{}}')) FROM (
        SELECT DISTINCT left(word, 200) AS word
        FROM regexp_split_to_table(leadwell_fold($1), '{WORD_SEPARATORS}') AS word WHERE word <> ''
    ) words CROSS JOIN LATERAL (
        {LEXEMES_OF_WORD}
    ) AS lexemes(lexeme)
$$;
"""

# Only the words and their starts, for long texts: with all endings, a note would take six times as much space.
WORDS = rf"""
CREATE OR REPLACE FUNCTION leadwell_words(text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(lexeme), '{{}}')) FROM (
        SELECT DISTINCT left(word, 200) AS word
        FROM regexp_split_to_table(leadwell_fold($1), '{WORD_SEPARATORS}') AS word WHERE word <> ''
    ) words CROSS JOIN LATERAL (VALUES (word), ('^' || left(word, 2))) AS lexemes(lexeme)
$$;
"""

# A query: all words must match. A phone number becomes one word of its digits, without leading zeros. German umlauts match
# both ways of writing them: Müller, Muller and Mueller.
SEARCH_QUERY = rf"""
CREATE OR REPLACE FUNCTION leadwell_search_query(text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(CASE
            WHEN char_length(word) < 3 THEN '''^' || word || ''':*'
            WHEN spelled <> word THEN '(''' || word || ''':* | ''' || spelled || ''':*)'
            ELSE '''' || word || ''':*' END, ' & ')::tsquery
    FROM (
        SELECT word, CASE
            WHEN umlauts <> word AND umlauts ~ '[aou]e' THEN umlauts
            WHEN char_length(word) >= 5 THEN regexp_replace(word, '([aou])e', '\1', 'g')
            ELSE word END AS spelled
        FROM ROWS FROM (
            regexp_split_to_table(
                CASE WHEN $1 ~ '^[+0-9 ().\/-]+$' AND length(regexp_replace($1, '\D', '', 'g')) >= 6
                THEN ltrim(regexp_replace($1, '\D', '', 'g'), '0') ELSE leadwell_fold($1) END, '{WORD_SEPARATORS}'),
            regexp_split_to_table(leadwell_fold(
                replace(replace(replace(lower(normalize($1)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue')), '{WORD_SEPARATORS}')
        ) AS both_ways(word, umlauts)
        WHERE word <> ''
    ) AS words
$$;
"""


ALL = [FOLD, FOLD_EMAIL, DAY, MOMENT, SEARCH_WORDS, WORDS, SEARCH_QUERY]
