from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_working_time_and_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='signature',
            field=models.TextField(blank=True, db_default='', default='', help_text='Added below the emails that you write to leads and companies.', max_length=2000, verbose_name='email signature'),
        ),
    ]
