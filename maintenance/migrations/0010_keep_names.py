"""Keep with each change and each answer what its people were called then: who left is not seen later."""

from django.db import migrations, models

# Rows of before are called as their people are called now.
FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE maintenance_change SET people = (
    SELECT coalesce(jsonb_object_agg(deed, jsonb_build_object('name', u.name, 'email', u.email)), '{}')
    FROM (VALUES ('proposed_by', proposed_by_id), ('ended_by', ended_by_id), ('seen_to_by', seen_to_by_id))
        done(deed, who)
    JOIN customers_user u ON u.id = done.who);
UPDATE maintenance_answer SET people = (
    SELECT coalesce(jsonb_object_agg(deed, jsonb_build_object('name', u.name, 'email', u.email)), '{}')
    FROM (VALUES ('user', user_id), ('heard_by', heard_by_id)) done(deed, who)
    JOIN customers_user u ON u.id = done.who);
"""

# The database writes the names by itself, so that nobody gives another's; a restore brings the names of then along.
NAMES = """
CREATE FUNCTION keep_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    given jsonb := to_jsonb(NEW);
    before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    called jsonb := '{}';
    deed text;
    person jsonb;
BEGIN
    FOREACH deed IN ARRAY TG_ARGV LOOP
        IF given -> (deed || '_id') IS DISTINCT FROM before -> (deed || '_id') THEN
            person := (SELECT jsonb_build_object('name', name, 'email', email) FROM customers_user
                       WHERE id = (given ->> (deed || '_id'))::bigint);
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
CREATE TRIGGER change_keeps_names BEFORE INSERT OR UPDATE ON maintenance_change
    FOR EACH ROW EXECUTE FUNCTION keep_names('proposed_by', 'ended_by', 'seen_to_by');
CREATE TRIGGER answer_keeps_names BEFORE INSERT OR UPDATE ON maintenance_answer
    FOR EACH ROW EXECUTE FUNCTION keep_names('user', 'heard_by');

-- As for the other functions: a temporary table must not answer in the place of a real one.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION keep_names() SET search_path = %I, pg_temp', current_schema());
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0026_tell_who_it_was'),
        ('maintenance', '0009_wall_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='change',
            name='people',
            field=models.JSONField(blank=True, default=dict, editable=False, help_text='proposed_by, ended_by, seen_to_by → name and mail address then'),
        ),
        migrations.AddField(
            model_name='answer',
            name='people',
            field=models.JSONField(blank=True, default=dict, editable=False, help_text='user, heard_by → name and mail address then'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
    ]
