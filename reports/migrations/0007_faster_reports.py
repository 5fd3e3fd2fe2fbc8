"""Indexes for the reports of one owner and of what happened in a month; won leads are derived again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_pins")]

    operations = [
        migrations.AddIndex(
            "leadprogress", models.Index(fields=["owner", "created_at"], name="progress_owner")
        ),
        *(
            migrations.AddIndex(
                "leadprogress",
                models.Index(
                    fields=[f"{name}_at"],
                    name=f"progress_{name}",
                    condition=models.Q(**{f"{name}_at__isnull": False}),
                ),
            )
            for name in ("won", "lost", "revenue")
        ),
        # Those won by the category of their status, which had no moment before.
        migrations.RunSQL(
            """
            INSERT INTO reports_changedlead (lead)
            SELECT l.id FROM leads_lead l JOIN leads_status s ON s.id = l.status_id
            WHERE (s.kind = 'won') <> (l.converted_at IS NOT NULL)
            """,
            migrations.RunSQL.noop,
        ),
    ]
