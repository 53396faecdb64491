from django.db import migrations

# ALWAYS: a plain trigger sleeps while session_replication_role is replica, which a restore or a superuser may set.
GUARD = """
CREATE FUNCTION logbook_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the logbook only grows: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER logbook_keeps_entries BEFORE UPDATE OR DELETE ON customers_logbookentry
    FOR EACH ROW EXECUTE FUNCTION logbook_refuses();
CREATE TRIGGER logbook_is_not_emptied BEFORE TRUNCATE ON customers_logbookentry
    FOR EACH STATEMENT EXECUTE FUNCTION logbook_refuses();
ALTER TABLE customers_logbookentry ENABLE ALWAYS TRIGGER logbook_keeps_entries;
ALTER TABLE customers_logbookentry ENABLE ALWAYS TRIGGER logbook_is_not_emptied;
REVOKE UPDATE, DELETE ON customers_logbookentry FROM portal_staff;
"""
OPEN = """
GRANT UPDATE, DELETE ON customers_logbookentry TO portal_staff;
DROP TRIGGER logbook_is_not_emptied ON customers_logbookentry;
DROP TRIGGER logbook_keeps_entries ON customers_logbookentry;
DROP FUNCTION logbook_refuses();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_keep_logbook")]

    operations = [migrations.RunSQL(GUARD, OPEN)]
