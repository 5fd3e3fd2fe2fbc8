from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0058_company_time_zone")]

    operations = [
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("kind__in", ("load_demo", "remove_demo"))),
                fields=["-id"],
                name="operation_demo",
            ),
        ),
    ]
