from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("crm", "0041_operation_part_index")]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="primary_started_at",
            field=models.DateTimeField(null=True),
        ),
    ]
