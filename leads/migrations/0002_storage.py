"""How PostgreSQL keeps the big tables: vacuumed early, with statistics that know rare owners and words."""

from django.db import migrations

FORWARD = """
ALTER TABLE leads_lead SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE leads_lead ALTER COLUMN owner_id SET STATISTICS 1000;
ALTER TABLE leads_lead ALTER COLUMN department_id SET STATISTICS 1000;
ALTER TABLE leads_leadsearch ALTER COLUMN words SET STATISTICS 300;
"""
BACKWARD = """
ALTER TABLE leads_lead RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE leads_lead ALTER COLUMN owner_id SET STATISTICS -1;
ALTER TABLE leads_lead ALTER COLUMN department_id SET STATISTICS -1;
ALTER TABLE leads_leadsearch ALTER COLUMN words SET STATISTICS -1;
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
