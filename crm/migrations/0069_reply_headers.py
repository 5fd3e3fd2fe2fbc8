"""Stored responses keep the headers about what the call created."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0068_assistants")]

    operations = [
        migrations.AddField("apireply", "headers", models.JSONField(db_default={}, default=dict)),
    ]
