"""Hold in the database who says yes to an agreement and which way its life goes, whatever a view or a query forgot."""

from django.db import migrations

# Workers, commands and the demo act with the owner's rights: for them too only an owner signs and an admin confirms.
# Named to come last: what the older triggers refuse is told in their words.
YES = """
CREATE FUNCTION keep_agreed_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    in_web boolean := current_setting('role') IN ('portal_web', 'portal_staff');
    proposed boolean;
    agreed boolean;
    owners bigint[];
    admins bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF in_web AND (NEW.state NOT IN ('draft', 'provisional') OR NEW.signed_by_id IS NOT NULL
                       OR NEW.confirmed_by_id IS NOT NULL) THEN
            RAISE EXCEPTION 'an agreement begins as a draft or provisional' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;

    IF OLD.state = 'provisional' AND to_jsonb(NEW) - 'begun_at' IS DISTINCT FROM to_jsonb(OLD) - 'begun_at' THEN
        RAISE EXCEPTION 'a provisional agreement is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'proposed'), ('proposed', 'signed'), ('proposed', 'declined'), ('proposed', 'withdrawn')) THEN
        RAISE EXCEPTION 'an agreement goes from draft to proposed, and from there to its end'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (NEW.side, NEW.proposed_at, NEW.proposed_by_id, NEW.drafted_at, NEW.drafted_by_id)
       IS DISTINCT FROM (OLD.side, OLD.proposed_at, OLD.proposed_by_id, OLD.drafted_at, OLD.drafted_by_id) THEN
        RAISE EXCEPTION 'who proposed an agreement is never changed' USING ERRCODE = 'restrict_violation';
    END IF;

    proposed := OLD.state = 'draft' AND NEW.state = 'proposed';
    agreed := OLD.state = 'proposed' AND NEW.state = 'signed';
    SELECT coalesce(array_agg(m.user_id), '{}') INTO owners
        FROM customers_member m
        JOIN customers_environment e ON e.customer_id = m.customer_id AND e.id = NEW.environment_id
        JOIN customers_user u ON u.id = m.user_id AND u.is_active
        WHERE m.role = 'owner';
    SELECT coalesce(array_agg(id), '{}') INTO admins FROM customers_user WHERE is_active AND staff_role = 'admin';
    IF in_web AND NEW.state <> OLD.state AND (portal_user() = ANY (owners || admins)) IS NOT TRUE THEN
        RAISE EXCEPTION 'only owners and admins propose, agree and decline' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.signed_by_id, NEW.signed_at, NEW.signed_language)
       IS DISTINCT FROM (OLD.signed_by_id, OLD.signed_at, OLD.signed_language) AND (
           NOT (proposed AND NEW.side = 'customer' OR agreed AND NEW.side = 'provider')
           OR (NEW.signed_by_id = ANY (owners)) IS NOT TRUE
           OR in_web AND NEW.signed_by_id IS DISTINCT FROM portal_user()) THEN
        RAISE EXCEPTION 'an agreement is signed once, by an owner of the customer' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.confirmed_by_id, NEW.confirmed_at) IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at) AND (
           NOT (proposed AND NEW.side = 'provider' OR agreed AND NEW.side = 'customer')
           OR (NEW.confirmed_by_id = ANY (admins)) IS NOT TRUE
           OR in_web AND NEW.confirmed_by_id IS DISTINCT FROM portal_user()) THEN
        RAISE EXCEPTION 'an agreement is confirmed once, by an admin of the provider'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF agreed AND NEW.valid_from < greatest(NEW.signed_at, NEW.confirmed_at) THEN
        RAISE EXCEPTION 'an agreement binds only from when both sides said yes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_yes_is_of_people BEFORE INSERT OR UPDATE ON customers_agreement
    FOR EACH ROW EXECUTE FUNCTION keep_agreed_people();
ALTER TABLE customers_agreement ENABLE ALWAYS TRIGGER agreement_yes_is_of_people;

-- As for the other functions: a temporary table must not answer in the place of a real one.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION keep_agreed_people() SET search_path = %I, pg_temp', current_schema());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0021_hide_what_proves_people")]

    operations = [migrations.RunSQL(YES, migrations.RunSQL.noop)]
