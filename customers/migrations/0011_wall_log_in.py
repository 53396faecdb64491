from django.db import migrations

# Sessions and attempts are looked up before anybody is known; both hold digests instead of what opens something.
WALLS = """
SELECT portal_wall(name::regclass, 'user') FROM unnest(ARRAY[
    'customers_authenticatorapp', 'customers_passkey', 'customers_recoverycode']) name;
SELECT portal_wall(name::regclass, 'open') FROM unnest(ARRAY['customers_session', 'customers_attempt']) name;
SELECT portal_wall('customers_invitation', 'customer');
SELECT portal_wall('customers_emergencyaccess', 'false', 'SELECT');
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_log_in")]

    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
