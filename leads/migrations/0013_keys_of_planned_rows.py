from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0012_indexes_without_the_bin"),
    ]

    operations = [
        migrations.AddField("plannedrow", "keys", models.JSONField(default=list)),
        migrations.AddField("plannedrow", "unknown", models.JSONField(default=list)),
    ]
