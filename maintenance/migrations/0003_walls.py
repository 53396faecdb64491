from django.db import migrations

WALLS = """
SELECT portal_wall('maintenance_notice', 'environment');
SELECT portal_wall('maintenance_backup', 'environment');
SELECT portal_wall('maintenance_enginelifecycle', 'open', 'SELECT');
"""


class Migration(migrations.Migration):
    dependencies = [("maintenance", "0002_tell_snapshots_of_aws_backup_apart"), ("customers", "0004_walls")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
