"""Hold the life of agreements in the database: what was signed is never changed, what is proposed keeps its words."""

from django.db import migrations, models

FREEZE = """
    CREATE FUNCTION keep_agreed_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.state = 'signed' THEN
                RAISE EXCEPTION 'a signed agreement is never deleted' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.state IN ('signed', 'declined', 'withdrawn')
           AND to_jsonb(NEW) - 'begun_at' IS DISTINCT FROM to_jsonb(OLD) - 'begun_at' THEN
            RAISE EXCEPTION 'an agreement that is signed or ended is never changed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.state <> 'draft' AND (NEW.digest, NEW.texts, NEW.number, NEW.environment_id, NEW.plan_id,
               NEW.plan_duties, NEW.performers, NEW.approvals, NEW.night_choices, NEW.night_from, NEW.night_until,
               NEW.long_work_minutes, NEW.notice_long_days, NEW.notice_short_days, NEW.notice_aws_days,
               NEW.retention_days, NEW.site_url, NEW.site_text, NEW.remarks, NEW.starts_on)
           IS DISTINCT FROM (OLD.digest, OLD.texts, OLD.number, OLD.environment_id, OLD.plan_id,
               OLD.plan_duties, OLD.performers, OLD.approvals, OLD.night_choices, OLD.night_from, OLD.night_until,
               OLD.long_work_minutes, OLD.notice_long_days, OLD.notice_short_days, OLD.notice_aws_days,
               OLD.retention_days, OLD.site_url, OLD.site_text, OLD.remarks, OLD.starts_on) THEN
            RAISE EXCEPTION 'the words of a proposed agreement are never changed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER agreement_keeps_its_words BEFORE UPDATE OR DELETE ON customers_agreement
        FOR EACH ROW EXECUTE FUNCTION keep_agreed_words();
    ALTER TABLE customers_agreement ENABLE ALWAYS TRIGGER agreement_keeps_its_words;
"""
WALLS = """
    SELECT portal_wall('customers_businesshours', 'customer');
    SELECT portal_wall('customers_specialday', 'customer');
    -- What the provider still drafts is nobody's business yet.
    ALTER POLICY as_customer ON customers_agreement
        USING (environment_id = ANY ((SELECT portal_environments())::bigint[])
               AND NOT (state = 'draft' AND side = 'provider'));
"""
THAW = "DROP TRIGGER agreement_keeps_its_words ON customers_agreement; DROP FUNCTION keep_agreed_words();"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0008_number_agreements'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agreement',
            name='drafted_at',
            field=models.DateTimeField(),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('environment', 'number'), name='agreement_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('environment', 'side'), name='agreement_has_one_draft_per_side'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('environment',), name='agreement_has_one_proposal'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'proposed', 'signed', 'provisional', 'declined', 'withdrawn'])), name='agreement_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ['provider', 'customer'])), name='agreement_side_is_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('number__isnull', False), _connector='OR'), name='agreement_is_numbered_once_proposed'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['signed', 'provisional']), ('valid_from__isnull', False)), models.Q(models.Q(('state__in', ['signed', 'provisional']), _negated=True), ('valid_from__isnull', True)), _connector='OR'), name='agreement_is_valid_only_when_it_binds'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'signed'), _negated=True), models.Q(('confirmed_by__isnull', False), ('signed_at__isnull', False), ('signed_by__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='agreement_is_signed_by_both_sides'),
        ),
        migrations.RunSQL(FREEZE, THAW),
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
    ]
