from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_push'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='start_page',
            field=models.CharField(blank=True, choices=[('', 'today'), ('list', 'list')], db_default='', default='', max_length=5, verbose_name='start page'),
        ),
    ]
