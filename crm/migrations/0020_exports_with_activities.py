from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0019_words_of_activities'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='activities',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
