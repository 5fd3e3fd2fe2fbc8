"""The triggers that keep one coming step for each running enrollment.

In the database, so that it is true for every way an enrollment begins and ends: by a verb, by the worker, by undo, and by the undo
of an undo. When the steps of a sequence are edited, the worker works out anew what comes next.
"""

import pgtrigger
from pgtrigger import register

from crm.platform.sql.change_triggers import Trigger
from sequences.models import Enrollment, Sequence

register(
    Trigger(
        name="sequences_coming_added",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func="""
            INSERT INTO sequences_comingstep (enrollment_id, author_id, sequence_id)
            SELECT n.id, n.author_id, n.sequence_id FROM new_rows n WHERE n.state = 'running' ORDER BY n.id;
            RETURN NULL;
        """,
    ),
    Trigger(
        name="sequences_coming_changed",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
        func="""
            DELETE FROM sequences_comingstep c USING new_rows n
            WHERE c.enrollment_id = n.id AND n.state <> 'running';
            INSERT INTO sequences_comingstep (enrollment_id, author_id, sequence_id)
            SELECT n.id, n.author_id, n.sequence_id FROM new_rows n JOIN old_rows o ON o.id = n.id
            WHERE n.state = 'running' AND o.state <> 'running' ORDER BY n.id
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    ),
)(Enrollment)

register(
    Trigger(
        name="sequences_steps_changed",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.steps IS DISTINCT FROM NEW.steps"),
        func="""
            UPDATE sequences_comingstep c SET key = '', due_at = now()
            FROM sequences_enrollment e
            WHERE e.id = c.enrollment_id AND e.sequence_id = NEW.id AND e.state = 'running';
            RETURN NULL;
        """,
    )
)(Sequence)
