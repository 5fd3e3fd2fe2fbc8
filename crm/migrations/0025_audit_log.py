import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Django can't make a partitioned table. Its primary key has to contain the time by which it is partitioned.
TABLE = """
    CREATE SEQUENCE crm_auditentry_id_seq;
    CREATE TABLE crm_auditentry (
        id bigint NOT NULL DEFAULT nextval('crm_auditentry_id_seq'),
        at timestamp with time zone NOT NULL,
        user_id bigint,
        user_name varchar(150) NOT NULL,
        via varchar(10) NOT NULL,
        address inet,
        request varchar(64) NOT NULL,
        kind varchar(40) NOT NULL,
        "table" varchar(40) NOT NULL,
        record bigint,
        details jsonb NOT NULL,
        PRIMARY KEY (at, id)
    ) PARTITION BY RANGE (at);
    ALTER SEQUENCE crm_auditentry_id_seq OWNED BY crm_auditentry.id;
    CREATE INDEX audit_user ON crm_auditentry (user_id, at, id);
    CREATE INDEX audit_kind ON crm_auditentry (kind, at, id);
    CREATE INDEX audit_record ON crm_auditentry (record, at, id);
    CREATE INDEX audit_address ON crm_auditentry (address, at, id);
    CREATE TABLE crm_auditentry_other PARTITION OF crm_auditentry DEFAULT;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0024_invitations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, "DROP TABLE crm_auditentry")],
            state_operations=[
                migrations.CreateModel(
                    name='AuditEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(verbose_name='date')),
                        ('user_name', models.CharField(blank=True, max_length=150)),
                        ('via', models.CharField(choices=[('browser', 'browser'), ('token', 'API token'), ('job', 'job'), ('system', 'system')], max_length=10)),
                        ('address', models.GenericIPAddressField(null=True)),
                        ('request', models.CharField(blank=True, max_length=64)),
                        ('kind', models.CharField(max_length=40)),
                        ('table', models.CharField(blank=True, max_length=40)),
                        ('record', models.BigIntegerField(null=True)),
                        ('details', models.JSONField(default=dict)),
                        ('user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                    ],
                    options={
                        'verbose_name': 'entry of the audit log',
                        'verbose_name_plural': 'entries of the audit log',
                        'default_permissions': ('view',),
                        'indexes': [
                            models.Index(fields=['user', 'at', 'id'], name='audit_user'),
                            models.Index(fields=['kind', 'at', 'id'], name='audit_kind'),
                            models.Index(fields=['record', 'at', 'id'], name='audit_record'),
                            models.Index(fields=['address', 'at', 'id'], name='audit_address'),
                        ],
                    },
                ),
            ],
        ),
    ]
