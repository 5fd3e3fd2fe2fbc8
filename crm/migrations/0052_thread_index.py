"""How Outlook tells the conversation of an email."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0051_moved_activities"),
    ]

    operations = [
        migrations.AddField(
            model_name="emailenvelope",
            name="thread_index",
            field=models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
        migrations.AddField(
            model_name="emailenvelope",
            name="conversation",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddIndex(
            model_name="emailenvelope",
            index=models.Index(
                condition=models.Q(("conversation", ""), _negated=True),
                fields=["conversation"],
                name="envelope_conversation",
            ),
        ),
    ]
