"""Show a web request nobody's password hash, second factors or sessions but its own person's, staff included."""

from django.db import migrations

# Whoever has the owner's rights (log-in, workers, commands) reads every hash; a web request that of its own person.
# VOLATILE: who waited for the row's lock must read the hash as it is now, not as it was when the waiting began.
PASSWORDS = """
CREATE FUNCTION portal_password(wanted bigint) RETURNS text
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ SELECT password FROM customers_user WHERE id = wanted
          AND (wanted = portal_user() OR current_setting('role') NOT IN ('portal_web', 'portal_staff')) $$;
REVOKE EXECUTE ON FUNCTION portal_password(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_password(bigint) TO portal_web, portal_staff;

DO $$
DECLARE others text := (
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = 'customers_user'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'password');
BEGIN
    -- As for the other functions: a temporary table must not answer in the place of a real one.
    EXECUTE format('ALTER FUNCTION portal_password(bigint) SET search_path = %I, pg_temp', current_schema());
    REVOKE SELECT ON customers_user FROM portal_web, portal_staff;
    EXECUTE format('GRANT SELECT (%s) ON customers_user TO portal_web, portal_staff', others);
END $$;
"""

FACTORS = """
ALTER POLICY as_staff ON customers_authenticatorapp USING (user_id = portal_user()) WITH CHECK (user_id = portal_user());
ALTER POLICY as_staff ON customers_passkey USING (user_id = portal_user()) WITH CHECK (user_id = portal_user());
ALTER POLICY as_staff ON customers_recoverycode USING (user_id = portal_user()) WITH CHECK (user_id = portal_user());
ALTER POLICY as_staff ON customers_session USING (user_id = portal_user()) WITH CHECK (user_id = portal_user());
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0020_know_what_is_elsewhere")]

    operations = [
        migrations.RunSQL(statements, migrations.RunSQL.noop) for statements in (PASSWORDS, FACTORS)
    ]
