from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0012_single_sign_on")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="changed_until",
            field=models.BigIntegerField(null=True),
        ),
    ]
