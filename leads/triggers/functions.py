"""Leads' own SQL functions: the value in the base currency, when the first contact is due, whose turn it is, and whether a lead became
a client after an operation."""

from fractions import Fraction

# A lead's value in the base currency, at the rate of the day on which the lead was added; NULL without a rate.
# The base currency itself always has the rate 1.
BASE_VALUE = """
CREATE OR REPLACE FUNCTION leadwell_base_value(value numeric, money text, added timestamptz) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN round(value * (
        SELECT r.rate FROM leads_rate r WHERE r.currency = money AND r.day <= (added AT TIME ZONE 'UTC')::date
        ORDER BY r.day DESC LIMIT 1), 2);
END $$;
"""

# By when a new lead has to be contacted, and from when on less than AT_RISK of its limit is left. Empty without a limit,
# once it was contacted, and in statuses of other categories: what is lost or was already worked on needs no first contact.
# The limit of the source takes precedence over that of the department.
AT_RISK = Fraction(1, 4)
CONTACT_DUE = f"""
CREATE OR REPLACE FUNCTION leadwell_contact_due(
    source bigint, department bigint, status bigint, added timestamptz, contacted timestamptz,
    OUT warns timestamptz, OUT due timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    minutes integer; asked text; known text := current_setting('leadwell.contact_due', true);
BEGIN
    IF contacted IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT coalesce(s.contact_within, d.contact_within) INTO minutes
    FROM leads_source s, accounts_department d, leads_status t
    WHERE s.id = source AND d.id = department AND t.id = status AND t.kind = 'new';
    IF minutes IS NULL THEN
        RETURN;
    END IF;
    -- An import adds all its leads at the same moment: within a statement, the last answer is kept.
    asked := concat_ws(' ', extract(epoch FROM statement_timestamp()), department, extract(epoch FROM added), minutes);
    IF split_part(known, '|', 1) = asked THEN
        warns := nullif(split_part(known, '|', 2), '')::timestamptz;
        due := nullif(split_part(known, '|', 3), '')::timestamptz;
        RETURN;
    END IF;
    SELECT w.warns, w.due INTO warns, due FROM leadwell_working_after(
        department, added, make_interval(secs => minutes * {int(60 * (1 - AT_RISK))}), make_interval(mins => minutes)) w;
    PERFORM set_config(
        'leadwell.contact_due', concat(asked, '|', warns::text, '|', due::text), true);
END $$;
"""

# The turns of assignment rules, locked until the end of the transaction, in the order of the rules. None at all if another
# run keeps one of them for longer than the transaction waits: nothing that came before it is lost, and it takes one
# statement where a savepoint would take three.
TURNS = """
CREATE OR REPLACE FUNCTION leadwell_hold_turns(rules bigint[]) RETURNS TABLE(rule bigint, last bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    found integer;
BEGIN
    PERFORM FROM leads_assignmentturn t WHERE t.rule_id = ANY(rules) ORDER BY t.rule_id FOR NO KEY UPDATE;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality(rules) THEN
        INSERT INTO leads_assignmentturn (rule_id) SELECT r FROM unnest(rules) r ORDER BY r ON CONFLICT DO NOTHING;
        PERFORM FROM leads_assignmentturn t WHERE t.rule_id = ANY(rules) ORDER BY t.rule_id FOR NO KEY UPDATE;
    END IF;
    RETURN QUERY SELECT t.rule_id, t.last FROM leads_assignmentturn t WHERE t.rule_id = ANY(rules);
EXCEPTION WHEN lock_not_available THEN
    RETURN;
END $$;
"""

# Whether a lead became a client after this operation had changed it. Found by the lead's own changes, because the operation may have
# changed many others; a function, because the planner can't estimate it and would plan the whole undo around it.
CONVERTED_SINCE = """
CREATE OR REPLACE FUNCTION leadwell_converted_since(lead bigint, operation bigint, since timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(max(c.id) FILTER (WHERE c.operation_id IS DISTINCT FROM operation
            AND c.fields ?| ARRAY['client_id', 'client_contact_id']) > min(c.id) FILTER (WHERE c.operation_id = operation), false)
        FROM crm_change c WHERE c."table" = 'lead' AND c."row" = lead AND c.at >= since);
END $$;
"""
