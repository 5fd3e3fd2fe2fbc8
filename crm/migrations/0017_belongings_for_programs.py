"""The indexes of API v2 on activities and tasks, made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('crm', '0016_attached_files'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='activity',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['created_by', '-id'], name='activity_by'),
        ),
        AddIndexConcurrently(
            model_name='activity',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['updated_at', 'id'], name='activity_changed'),
        ),
        AddIndexConcurrently(
            model_name='task',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['updated_at', 'id'], name='task_changed'),
        ),
    ]
