from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0043_primary_of_replicas")]

    operations = [
        migrations.AddField("plannedrow", "notes", models.JSONField(db_default=[], default=list)),
    ]
