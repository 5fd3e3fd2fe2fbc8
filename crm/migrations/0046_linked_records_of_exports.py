"""An export that waits for approval says how many records its further sheets have, so that more than were approved ask again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0045_answers_with_proposed_times")]

    operations = [
        migrations.AddField("export", "linked", models.PositiveIntegerField(null=True)),
    ]
