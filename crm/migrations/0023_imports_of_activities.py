from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("crm", "0022_templates"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="activities",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="plannedrow",
            name="activity",
            field=models.BigIntegerField(null=True),
        ),
    ]
