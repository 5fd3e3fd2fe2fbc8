"""Which hourly step ran when, so that it runs once for all workers; and when the newest backup was made, on whichever server."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0041_operation_part_index")]

    operations = [
        migrations.CreateModel(
            name="HourlyStep",
            fields=[
                ("name", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddField("installation", "backed_up_at", models.DateTimeField(null=True)),
    ]
