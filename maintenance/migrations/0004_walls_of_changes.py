"""Whose changes are whose; a customer's people read them, and decide only through the portal's own hand."""

from django.db import migrations

WALLS = """
SELECT portal_wall('maintenance_change', 'environment', 'SELECT');
SELECT portal_wall('maintenance_step', 'change_id IN (SELECT id FROM maintenance_change)', 'SELECT');
SELECT portal_wall('maintenance_approval', 'change_id IN (SELECT id FROM maintenance_change)', 'SELECT');
SELECT portal_wall('maintenance_answer', 'approval_id IN (SELECT id FROM maintenance_approval)', 'SELECT');
SELECT portal_wall('maintenance_approvallink', 'false', 'SELECT');
SELECT portal_wall('maintenance_freeze', 'customer_id IS NULL OR customer_id = ANY ((SELECT portal_customers())::bigint[])',
                   'SELECT');
"""


class Migration(migrations.Migration):
    dependencies = [("maintenance", "0003_changes")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
