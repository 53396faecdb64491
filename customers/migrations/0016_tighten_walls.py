"""Take from the web what it never needs, so that a forgotten filter or check meets a wall there too."""

from django.db import migrations

# A request's session is asked for before anybody is known: whoever names a row's key gets that row, and no other.
SESSIONS = """
CREATE FUNCTION portal_session(wanted text) RETURNS SETOF customers_session
    LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path FROM CURRENT
    AS $$ SELECT * FROM customers_session WHERE session_key = wanted $$;
REVOKE EXECUTE ON FUNCTION portal_session(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_session(text) TO portal_web, portal_staff;

ALTER POLICY as_customer ON customers_session USING (user_id = portal_user()) WITH CHECK (user_id = portal_user());
REVOKE INSERT, UPDATE ON customers_session FROM portal_web;
GRANT UPDATE (seen_at, expire_date) ON customers_session TO portal_web;

-- Tries are counted by the portal itself, and Django's own table of sessions stays empty.
DROP POLICY as_customer ON customers_attempt;
DROP POLICY as_staff ON customers_attempt;
REVOKE ALL ON customers_attempt FROM portal_web, portal_staff;
DROP POLICY as_customer ON django_session;
DROP POLICY as_staff ON django_session;
REVOKE ALL ON django_session FROM portal_web, portal_staff;
"""

# Without pg_temp at the end it is searched first: a temporary table would answer in the place of a real one.
FUNCTIONS = """
DO $$
DECLARE named regprocedure;
BEGIN
    FOR named IN SELECT oid FROM pg_proc
                 WHERE prosecdef AND pronamespace = current_schema()::regnamespace AND starts_with(proname, 'portal_')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', named, current_schema());
    END LOOP;
    IF pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END $$;
"""

PEOPLE = """
REVOKE UPDATE ON customers_user FROM portal_web;
GRANT UPDATE (password, last_login, language, time_zone, theme) ON customers_user TO portal_web;
ALTER POLICY fellows ON customers_user USING (
    portal_user() IS NOT NULL AND (staff_role <> '' OR id IN (SELECT user_id FROM customers_member)));
"""

CUSTOMERS = """
REVOKE INSERT, UPDATE, DELETE ON customers_customer, customers_environment FROM portal_web;
GRANT UPDATE (holidays) ON customers_customer TO portal_web;
-- A signature lets the site move to where the agreement says.
GRANT UPDATE (site_url, site_text) ON customers_environment TO portal_web;
"""

LOGBOOK = """
ALTER POLICY as_customer ON customers_logbookentry WITH CHECK (
    customer_id = ANY ((SELECT portal_customers())::bigint[])
    AND on_behalf_of_id IS NULL AND (actor_id IS NULL OR actor_id = portal_user()));
"""

# What was put before the other side stays; also by the detour of making a draft of it again.
AGREEMENTS = """
CREATE POLICY only_drafts_are_begun ON customers_agreement AS RESTRICTIVE FOR INSERT TO portal_web
    WITH CHECK (state = 'draft' AND side = 'customer');
CREATE POLICY only_drafts_are_discarded ON customers_agreement AS RESTRICTIVE FOR DELETE TO portal_web
    USING (state = 'draft' AND side = 'customer');

CREATE FUNCTION keep_agreement_put_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an agreement that was put forward is never a draft again' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agreement_stays_put_forward BEFORE UPDATE ON customers_agreement FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND NEW.state = 'draft') EXECUTE FUNCTION keep_agreement_put_forward();
ALTER TABLE customers_agreement ENABLE ALWAYS TRIGGER agreement_stays_put_forward;
"""

# The policies look at one of two columns: the other must be of the same customer. Long tables are not read through
# for it (NOT VALID), every row written from now on is.
AGREEING = """
ALTER TABLE customers_environment ADD CONSTRAINT environment_and_customer UNIQUE (id, customer_id);
ALTER TABLE customers_contact ADD CONSTRAINT contact_and_customer UNIQUE (id, customer_id);
ALTER TABLE customers_contact ADD CONSTRAINT contact_environment_is_of_its_customer
    FOREIGN KEY (environment_id, customer_id) REFERENCES customers_environment (id, customer_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE customers_onboarding ADD CONSTRAINT onboarding_environment_is_of_its_customer
    FOREIGN KEY (environment_id, customer_id) REFERENCES customers_environment (id, customer_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE customers_contactchannel ADD CONSTRAINT contact_channel_is_of_its_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE customers_logbookentry ADD CONSTRAINT logbook_environment_is_of_its_customer
    FOREIGN KEY (environment_id, customer_id) REFERENCES customers_environment (id, customer_id)
    DEFERRABLE INITIALLY DEFERRED NOT VALID;
ALTER TABLE customers_message ADD CONSTRAINT message_contact_is_of_its_customer
    FOREIGN KEY (contact_id, customer_id) REFERENCES customers_contact (id, customer_id)
    DEFERRABLE INITIALLY DEFERRED NOT VALID;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0015_refuse_changes_of_logbook")]

    operations = [
        migrations.RunSQL(statements, migrations.RunSQL.noop)
        for statements in (SESSIONS, FUNCTIONS, PEOPLE, CUSTOMERS, LOGBOOK, AGREEMENTS, AGREEING)
    ]
