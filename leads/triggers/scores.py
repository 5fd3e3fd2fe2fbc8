"""The score of a lead follows from the rules of points, the lead, its custom values and its activities, and the database keeps it so.

The statement that counts the points is a row (ScoreState), written along with the rules (leads/scores/score_statement.py), so that
a backup has it, and an undo of a rule brings back the earlier one. It is planned each time it runs. Without rules in use,
each trigger ends after looking for them.
"""

import pgtrigger

from crm.platform.sql.change_triggers import Trigger, build_replanned_statement

# The points of each rule in use for these leads, in the order of ScoreState.rules.
SCORE_POINTS = """
CREATE OR REPLACE FUNCTION leadwell_score_points(ids bigint[]) RETURNS TABLE (lead bigint, points integer[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    counting text; known_day date;
BEGIN
    SELECT nullif(s.statement, ''), s.day INTO counting, known_day FROM leads_scorestate s;
    IF counting IS NULL THEN
        RETURN QUERY SELECT unnest(ids), '{}'::integer[];
    ELSE
        RETURN QUERY EXECUTE counting USING ids, known_day;
    END IF;
END $$;
"""

# The rows are locked by a statement of their own, so that the next one sees what another transaction wrote while this one
# waited for it. No one changed these leads: they keep their version.
SCORE_LEADS = """
CREATE OR REPLACE FUNCTION leadwell_score_leads(ids bigint[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    machine text := coalesce(current_setting('leadwell.machine', true), ''); written bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM (SELECT l.id FROM leads_lead l WHERE l.id = ANY($1) ORDER BY l.id FOR NO KEY UPDATE) held' USING ids;
    PERFORM set_config('leadwell.machine', 'on', true);
    EXECUTE 'UPDATE leads_lead l SET score = s.score
        FROM (SELECT p.lead, coalesce((SELECT sum(one) FROM unnest(p.points) one), 0)::integer AS score
            FROM leadwell_score_points($1) p) s
        WHERE l.id = s.lead AND l.id = ANY($1) AND l.score <> s.score' USING ids;
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM set_config('leadwell.machine', machine, true);
    RETURN written;
END $$;
"""

SCORE_FUNCTIONS = [SCORE_POINTS, SCORE_LEADS]


class Scores(Trigger):
    """Scores the leads that a statement touched. By its name it is the last one, so that it sees what the others derive."""

    level = pgtrigger.Statement
    when = pgtrigger.After

    # Whether the rules read such rows, as a condition on the row "s" of ScoreState.
    read = "true"

    def __init__(self, operation) -> None:
        rows = {
            pgtrigger.Insert: {"new": "new_rows"},
            pgtrigger.Update: {"old": "old_rows", "new": "new_rows"},
            pgtrigger.Delete: {"old": "old_rows"},
        }[operation]
        super().__init__(
            name=f"zz_score_of_lead_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
            declare=[("touched", "bigint[]"), ("compared", "text")],
        )

    def get_func(self, model) -> str:
        return f"""
            SELECT s.changed INTO compared FROM leads_scorestate s WHERE cardinality(s.rules) > 0 AND {self.read};
            IF compared IS NULL THEN
                RETURN NULL;
            END IF;
            {self.build_touched_sql()}
            IF touched IS NOT NULL THEN
                PERFORM leadwell_score_leads(touched);
            END IF;
            RETURN NULL;
        """

    def build_touched_sql(self) -> str:
        raise NotImplementedError


class LeadScores(Scores):
    """Of leads: new ones, and those that changed in a column that a rule reads."""

    def build_touched_sql(self):
        if self.operation is pgtrigger.Insert:
            return build_replanned_statement("SELECT array_agg(n.id) FROM new_rows n", into="touched")
        return """
            IF compared = '' THEN
                RETURN NULL;
            END IF;
            EXECUTE 'SELECT array_agg(n.id) FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE ' || compared INTO touched;"""


class ValueScores(Scores):
    """Of the custom values of leads."""

    read = "s.reads_values"

    def build_touched_sql(self):
        if self.operation is pgtrigger.Update:
            found = """SELECT array_agg(n.record_id) FROM old_rows o JOIN new_rows n ON n.record_id = o.record_id
                WHERE o."values" IS DISTINCT FROM n."values" """
        else:
            rows = "new_rows" if self.operation is pgtrigger.Insert else "old_rows"
            found = f"SELECT array_agg(r.record_id) FROM {rows} r"
        return build_replanned_statement(found, into="touched")


class ActivityScores(Scores):
    """Of the activities of leads. A merge moves them, so both leads have others then."""

    read = "s.reads_activities"

    def build_touched_sql(self):
        if self.operation is pgtrigger.Update:
            names = ("type", "outcome", "at", "deleted_at", "private_to_id", "of", "record")
            old, new = (", ".join(f"{row}.{name}" for name in names) for row in "on")
            found = f"""SELECT array_agg(DISTINCT own.record) FROM old_rows o JOIN new_rows n ON n.id = o.id
                CROSS JOIN LATERAL (VALUES (o.of, o.record), (n.of, n.record)) own(of, record)
                WHERE own.of = 'lead' AND ({old}) IS DISTINCT FROM ({new})"""
        else:
            rows = "new_rows" if self.operation is pgtrigger.Insert else "old_rows"
            found = f"SELECT array_agg(DISTINCT r.record) FROM {rows} r WHERE r.of = 'lead'"
        return build_replanned_statement(found, into="touched")


LEAD_SCORE_TRIGGERS = [LeadScores(pgtrigger.Insert), LeadScores(pgtrigger.Update)]


def build_value_score_triggers() -> list[Trigger]:
    return [ValueScores(one) for one in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)]


def build_activity_score_triggers() -> list[Trigger]:
    return [ActivityScores(one) for one in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)]
