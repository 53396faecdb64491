"""Bind the entries that staff write as those of customers are: of whoever asks, of now, for one of the customer's."""

from django.db import migrations

# What belongs to no customer, and what the portal did by itself, the portal writes by its own hand.
STAFF = """
CREATE POLICY staff_entries_are_of_now ON customers_logbookentry AS RESTRICTIVE FOR INSERT TO portal_staff WITH CHECK (
    actor_id = portal_user()
    AND (on_behalf_of_id IS NULL OR EXISTS (
        SELECT FROM customers_member m
        WHERE m.user_id = on_behalf_of_id AND m.customer_id = customers_logbookentry.customer_id))
    AND at > clock_timestamp() - interval '15 minutes'
    AND at < greatest(clock_timestamp(), nullif(current_setting('portal.now', true), '')::timestamptz)
             + interval '15 minutes'
    AND (at AT TIME ZONE 'UTC')::date > coalesce((SELECT max(day) FROM customers_logbookseal), '-infinity'));
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0027_know_since_when_admins_are")]

    operations = [migrations.RunSQL(STAFF, migrations.RunSQL.noop)]
