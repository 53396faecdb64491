"""Take from a web request what makes somebody more than they are: members, invitations, proofs, entries of the past."""

from django.db import migrations

# Who belongs to a customer decides what a request sees, and an invitation makes a member: the portal writes both
# itself, after it asked who wants it.
MEMBERS = """
REVOKE INSERT, UPDATE, DELETE ON customers_member, customers_invitation FROM portal_web;
"""

# An entry is of whoever asks and of now. Business time may run ahead of the database's clock, as in a demo: the request
# says by how much. A sealed day takes no further entry; what the portal did by itself it writes by its own hand.
LOGBOOK = """
CREATE POLICY entries_are_of_now ON customers_logbookentry AS RESTRICTIVE FOR INSERT TO portal_web WITH CHECK (
    actor_id = portal_user()
    AND at > clock_timestamp() - interval '15 minutes'
    AND at < greatest(clock_timestamp(), nullif(current_setting('portal.now', true), '')::timestamptz)
             + interval '15 minutes'
    AND (at AT TIME ZONE 'UTC')::date > coalesce((SELECT max(day) FROM customers_logbookseal), '-infinity'));
"""

# Columns that only the portal's own hand fills, in a row of which a request may change others. A channel that was
# proven stays the channel that was.
PROOFS = """
CREATE FUNCTION refuse_own_proofs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    kept text;
BEGIN
    IF current_setting('role') NOT IN ('portal_web', 'portal_staff') THEN
        RETURN NEW;
    END IF;
    FOREACH kept IN ARRAY TG_ARGV LOOP
        IF to_jsonb(NEW) -> kept IS DISTINCT FROM coalesce(before -> kept, 'null') THEN
            RAISE EXCEPTION '% of % is written by the portal alone', kept, TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER contact_channel_is_proven_by_portal BEFORE INSERT OR UPDATE ON customers_contactchannel
    FOR EACH ROW EXECUTE FUNCTION refuse_own_proofs('verified_at');
CREATE TRIGGER agreement_is_begun_by_portal BEFORE UPDATE ON customers_agreement
    FOR EACH ROW EXECUTE FUNCTION refuse_own_proofs('begun_at');

CREATE FUNCTION keep_proven_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('role') IN ('portal_web', 'portal_staff') THEN
        RAISE EXCEPTION 'a proven channel stays the one that was proven' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contact_channel_stays_proven BEFORE UPDATE ON customers_contactchannel FOR EACH ROW
    WHEN (OLD.verified_at IS NOT NULL AND (OLD.contact_id, OLD.kind, OLD.address, OLD.sealed_address)
          IS DISTINCT FROM (NEW.contact_id, NEW.kind, NEW.address, NEW.sealed_address))
    EXECUTE FUNCTION keep_proven_channel();

ALTER TABLE customers_contactchannel ENABLE ALWAYS TRIGGER contact_channel_is_proven_by_portal;
ALTER TABLE customers_contactchannel ENABLE ALWAYS TRIGGER contact_channel_stays_proven;
ALTER TABLE customers_agreement ENABLE ALWAYS TRIGGER agreement_is_begun_by_portal;
-- A version that begins at once begins so by the provider's hand.
CREATE POLICY none_begins_by_customers ON customers_agreement AS RESTRICTIVE FOR INSERT TO portal_web
    WITH CHECK (begun_at IS NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0023_seal_logbook")]

    operations = [migrations.RunSQL(statements, migrations.RunSQL.noop) for statements in (MEMBERS, LOGBOOK, PROOFS)]
