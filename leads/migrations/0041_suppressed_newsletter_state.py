from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0001_squashed_0040_no_shows_in_queue"),
    ]

    operations = [
        migrations.AlterField(
            model_name="newsletter",
            name="state",
            field=models.CharField(
                choices=[
                    ("none", "No newsletter received yet"),
                    ("receiving", "Receives newsletters"),
                    ("unsubscribed", "Unsubscribed"),
                    ("suppressed", "Suppressed"),
                ],
                max_length=12,
            ),
        ),
    ]
