"""How PostgreSQL keeps the big tables: vacuumed early, with statistics that know rare owners and words."""

from django.db import migrations

FORWARD = """
ALTER TABLE leads_lead SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE leads_lead ALTER COLUMN owner_id SET STATISTICS 1000;
ALTER TABLE leads_lead ALTER COLUMN department_id SET STATISTICS 1000;
ALTER TABLE leads_leadsearch ALTER COLUMN words SET STATISTICS 300;
CREATE UNIQUE INDEX move_open ON leads_statusmove (lead_id) WHERE "left" IS NULL AND NOT undone;
"""
BACKWARD = """
ALTER TABLE leads_lead RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);
DROP INDEX move_open;
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
