"""What engines can be upgraded to is the same for everybody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("maintenance", "0006_keep_upgrade_targets")]

    operations = [
        migrations.RunSQL(
            "SELECT portal_wall('maintenance_enginetarget', 'open', 'SELECT');", migrations.RunSQL.noop
        )
    ]
