"""The index that timelines find moved activities by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0050_email_envelopes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("kind", "move_activity")), fields=["-id"], name="operation_moves"
            ),
        ),
    ]
