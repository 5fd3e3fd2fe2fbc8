from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0020_exports_with_activities'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutgoingEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.BigIntegerField(unique=True)),
            ],
        ),
        migrations.AddField(
            model_name='activity',
            name='address',
            field=models.EmailField(blank=True, db_default='', default='', editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name='activity',
            name='message_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name='activity',
            name='problem',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='activity',
            name='subject',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='activity',
            name='outcome',
            field=models.CharField(blank=True, choices=[('reached', 'reached'), ('no_answer', 'no answer'), ('message', 'left a message'), ('wrong_number', 'wrong number'), ('sending', 'sending'), ('sent', 'sent'), ('failed', 'failed'), ('received', 'received')], max_length=20, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='activity',
            name='type',
            field=models.CharField(choices=[('note', 'note'), ('call', 'call'), ('meeting', 'meeting'), ('email', 'email'), ('file', 'file')], max_length=10, verbose_name='type'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(condition=models.Q(('message_id', ''), _negated=True), fields=('message_id',), name='activity_message'),
        ),
    ]
