from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("crm", "0042_hourly_steps")]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="primary_started_at",
            field=models.DateTimeField(null=True),
        ),
    ]
