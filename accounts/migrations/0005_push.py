import accounts.models.push
import crm.platform.push.vapid_signature
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_squashed_0004_signature'),
        ('crm', '0001_squashed_0032_activities_of_periods'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='push_mentions',
            field=models.BooleanField(db_default=True, default=True, verbose_name='show mentions on your devices'),
        ),
        migrations.AddField(
            model_name='user',
            name='push_reminders',
            field=models.BooleanField(db_default=True, default=True, help_text='On each device that you turned on, as listed below.', verbose_name='show reminders on your devices'),
        ),
        migrations.CreateModel(
            name='PushDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=100)),
                ('endpoint', models.CharField(max_length=1000, unique=True, validators=[accounts.models.push.push_endpoint])),
                ('browser_key', models.CharField(max_length=100, validators=[accounts.models.push.point])),
                ('secret', models.CharField(max_length=30, validators=[accounts.models.push.shared_secret])),
                ('server_key', models.CharField(default=crm.platform.push.vapid_signature.public_key, editable=False, max_length=100)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('refused_with', models.PositiveSmallIntegerField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'device with notifications',
            },
        ),
        migrations.CreateModel(
            name='PushMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('delivered', 'Delivered'), ('refused', 'Refused'), ('dropped', 'Dropped')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='accounts.pushdevice')),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.notification')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('device', 'notification'), name='push_message_once')],
            },
        ),
    ]
