from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0017_belongings_for_programs'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='direction',
            field=models.CharField(blank=True, choices=[('incoming', 'incoming'), ('outgoing', 'outgoing')], db_default='', editable=False, max_length=10, verbose_name='direction'),
        ),
    ]
