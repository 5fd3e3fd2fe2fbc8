"""Each next action becomes a task of the lead's owner, which it follows from now on."""

from django.db import migrations

# The triggers are installed after the migrations, so these tasks have no history: they are as old as their leads' plans.
TASKS = """
    INSERT INTO crm_task (of, record, title, due_on, user_id)
    SELECT 'lead', l.id, l.next_action, l.next_action_on, l.owner_id FROM leads_lead l
    WHERE (l.next_action <> '' OR l.next_action_on IS NOT NULL)
    AND NOT EXISTS (SELECT FROM crm_task t WHERE t.of = 'lead' AND t.record = l.id)
    ORDER BY l.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0007_stuck_words'),
        ('crm', '0013_tasks'),
    ]

    operations = [
        migrations.RunSQL(TASKS, "DELETE FROM crm_task WHERE of = 'lead'"),
    ]
