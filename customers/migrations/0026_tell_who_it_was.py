"""Keep with each entry of the logbook, and with each yes, what the person was called then: who left is not seen later."""

import django.contrib.postgres.indexes
from django.db import migrations, models

# Rows of before are called as their people are called now. What only grows, or never changes, is opened for this alone.
FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE customers_logbookentry DISABLE TRIGGER logbook_keeps_entries;
UPDATE customers_logbookentry entry
    SET actor_name = coalesce(actor.name, ''), actor_email = coalesce(actor.email, ''),
        on_behalf_of_name = coalesce(asking.name, ''), on_behalf_of_email = coalesce(asking.email, '')
    FROM customers_logbookentry old
    LEFT JOIN customers_user actor ON actor.id = old.actor_id
    LEFT JOIN customers_user asking ON asking.id = old.on_behalf_of_id
    WHERE old.id = entry.id AND (old.actor_id IS NOT NULL OR old.on_behalf_of_id IS NOT NULL);
ALTER TABLE customers_logbookentry ENABLE ALWAYS TRIGGER logbook_keeps_entries;

ALTER TABLE customers_agreement DISABLE TRIGGER agreement_keeps_its_words;
ALTER TABLE customers_agreement DISABLE TRIGGER agreement_yes_is_of_people;
UPDATE customers_agreement SET people = (
    SELECT coalesce(jsonb_object_agg(deed, jsonb_build_object('name', u.name, 'email', u.email)), '{}')
    FROM (VALUES ('drafted', drafted_by_id), ('proposed', proposed_by_id), ('signed', signed_by_id),
                 ('confirmed', confirmed_by_id), ('ended', ended_by_id)) done(deed, who)
    JOIN customers_user u ON u.id = done.who);
ALTER TABLE customers_agreement ENABLE ALWAYS TRIGGER agreement_keeps_its_words;
ALTER TABLE customers_agreement ENABLE ALWAYS TRIGGER agreement_yes_is_of_people;
"""

# The database writes the names by itself, so that nobody gives another's. Not ALWAYS as the triggers that refuse are:
# a restore brings the names of then along.
NAMES = """
CREATE FUNCTION tell_who_acted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    SELECT coalesce(max(name), ''), coalesce(max(email), '') INTO NEW.actor_name, NEW.actor_email
        FROM customers_user WHERE id = NEW.actor_id;
    SELECT coalesce(max(name), ''), coalesce(max(email), '') INTO NEW.on_behalf_of_name, NEW.on_behalf_of_email
        FROM customers_user WHERE id = NEW.on_behalf_of_id;
    RETURN NEW;
END $$;
CREATE TRIGGER logbook_names_people BEFORE INSERT ON customers_logbookentry
    FOR EACH ROW EXECUTE FUNCTION tell_who_acted();

CREATE FUNCTION tell_who_agreed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    given jsonb := to_jsonb(NEW);
    before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    called jsonb := '{}';
    deed text;
    person jsonb;
BEGIN
    FOREACH deed IN ARRAY ARRAY['drafted', 'proposed', 'signed', 'confirmed', 'ended'] LOOP
        IF (given -> (deed || '_by_id'), given -> (deed || '_at'))
           IS DISTINCT FROM (before -> (deed || '_by_id'), before -> (deed || '_at')) THEN
            person := (SELECT jsonb_build_object('name', name, 'email', email) FROM customers_user
                       WHERE id = (given ->> (deed || '_by_id'))::bigint);
        ELSE
            person := before -> 'people' -> deed;
        END IF;
        IF person IS NOT NULL THEN
            called := called || jsonb_build_object(deed, person);
        END IF;
    END LOOP;
    NEW.people := called;
    RETURN NEW;
END $$;
-- Named to come before the triggers that compare what is agreed with what was.
CREATE TRIGGER agreement_carries_names BEFORE INSERT OR UPDATE ON customers_agreement
    FOR EACH ROW EXECUTE FUNCTION tell_who_agreed();

-- As for the other functions: a temporary table must not answer in the place of a real one.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION tell_who_acted() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION tell_who_agreed() SET search_path = %I, pg_temp', current_schema());
END $$;
ANALYZE customers_logbookentry;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0025_attach_calendars'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreement',
            name='people',
            field=models.JSONField(blank=True, default=dict, editable=False, help_text='drafted, proposed, signed, confirmed, ended → name and mail address then; written by the database'),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='actor_email',
            field=models.CharField(default='', editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='actor_name',
            field=models.CharField(default='', editable=False, max_length=80),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='on_behalf_of_email',
            field=models.CharField(default='', editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='on_behalf_of_name',
            field=models.CharField(default='', editable=False, max_length=80),
        ),
        migrations.AddField(
            model_name='logbookentry',
            name='found_by',
            field=models.GeneratedField(db_persist=True, expression=models.Func('actor_name', 'actor_email', 'on_behalf_of_name', 'on_behalf_of_email', arg_joiner=" || ' ' || ", function='search_folded'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='logbookseal',
            name='version',
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='logbookentry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['found_by'], name='logbook_found_by', opclasses=['gin_trgm_ops']),
        ),
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
    ]
