"""Coming steps name their author and sequence, so that those whose author is away aren't read again and again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILL = """
    UPDATE sequences_comingstep c SET author_id = e.author_id, sequence_id = e.sequence_id
    FROM sequences_enrollment e WHERE e.id = c.enrollment_id
"""


def build_key(to):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to, null=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("sequences", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("comingstep", "author", build_key(settings.AUTH_USER_MODEL)),
        migrations.AddField("comingstep", "sequence", build_key("sequences.sequence")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        # The checks of the foreign keys are done before the table gets its indexes.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveIndex("comingstep", "sequence_step_due"),
        migrations.AddIndex(
            "comingstep",
            models.Index(
                fields=["author", "sequence", "due_at", "enrollment"],
                name="sequence_step_due",
                condition=models.Q(("key", ""), _negated=True),
            ),
        ),
        migrations.AddIndex(
            "comingstep",
            models.Index(
                fields=["due_at", "enrollment"], name="sequence_step_unplanned", condition=models.Q(("key", ""), ("author", None), _connector="OR"),
            ),
        ),
    ]
