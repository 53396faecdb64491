from django.db import migrations

# Roles belong to the whole server: another portal's database may have made them already.
ROLES = """
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['portal_web', 'portal_staff'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'the database user may not create the role %', wanted
                        USING HINT = format('Let an administrator run: CREATE ROLE %I NOLOGIN; GRANT %I TO %I;',
                                            wanted, wanted, current_user);
            END;
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'SET') THEN
            EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', wanted, current_user);
        END IF;
    END LOOP;
END $$;
"""

# Owned by the owner of the tables, so that the question who sees what is not itself narrowed by the answer.
QUESTIONS = """
CREATE FUNCTION portal_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('portal.user', true), '')::bigint;

CREATE FUNCTION portal_role(asking bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ SELECT CASE WHEN EXISTS (SELECT FROM customers_user WHERE id = asking AND is_active AND staff_role <> '')
          THEN 'portal_staff' ELSE 'portal_web' END $$;

CREATE FUNCTION portal_customers() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ SELECT coalesce(array_agg(m.customer_id), '{}')
          FROM customers_member m
          JOIN customers_user u ON u.id = m.user_id AND u.is_active
          JOIN customers_customer c ON c.id = m.customer_id AND c.closed_at IS NULL
          WHERE m.user_id = portal_user() $$;

CREATE FUNCTION portal_environments() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ SELECT coalesce(array_agg(id), '{}') FROM customers_environment
          WHERE customer_id = ANY (portal_customers()) $$;
"""

# Later migrations wall each new table by one call; a table without is closed to the web.
WALL = """
CREATE FUNCTION portal_wall(walled regclass, rule text, web_rights text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE seen text := CASE rule
    WHEN 'environment' THEN 'environment_id = ANY ((SELECT portal_environments())::bigint[])'
    WHEN 'customer' THEN 'customer_id = ANY ((SELECT portal_customers())::bigint[])'
    WHEN 'user' THEN 'user_id = portal_user()'
    WHEN 'open' THEN 'true'
    ELSE rule END;
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('CREATE POLICY as_customer ON %s TO portal_web USING (%s) WITH CHECK (%s)', walled, seen, seen);
    EXECUTE format('CREATE POLICY as_staff ON %s TO portal_staff USING (true) WITH CHECK (true)', walled);
    EXECUTE format('GRANT %s ON %s TO portal_web', web_rights, walled);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO portal_staff', walled);
END $$;
"""

WALLS = """
SELECT portal_wall('customers_customer', 'id = ANY ((SELECT portal_customers())::bigint[])');
SELECT portal_wall('customers_environment', 'customer');
SELECT portal_wall('customers_member', 'customer');
SELECT portal_wall(name::regclass, 'environment') FROM unnest(ARRAY[
    'customers_standing', 'customers_agreement', 'customers_chart', 'customers_server', 'customers_database',
    'customers_volume', 'customers_securitygroup', 'customers_address', 'customers_loadbalancer', 'customers_need',
    'customers_dutystate', 'customers_observation', 'customers_poll', 'customers_visit']) name;
SELECT portal_wall('customers_logbookentry', 'customer', 'SELECT, INSERT');
SELECT portal_wall('customers_plan', 'open', 'SELECT');
SELECT portal_wall('opsportal_beat', 'open', 'SELECT');
SELECT portal_wall('django_session', 'open');

-- A person is seen by those of the same customer; staff by everybody, since they sign what they do.
SELECT portal_wall('customers_user', 'id = portal_user()', 'SELECT, UPDATE');
CREATE POLICY fellows ON customers_user FOR SELECT TO portal_web USING (
    staff_role <> '' OR id IN (SELECT user_id FROM customers_member));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_search"),
        ("opsportal", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        migrations.RunSQL(QUESTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]
