"""A large world made by SQL: rows for measuring, on a database of the benchmark's own."""

import argparse

from django.core.management.base import CommandError
from django.db import connection, transaction

from customers.models import Environment

# Every statement speaks of e = environment number; sizes are parameters, so that plans can be looked at in small too.
_STATEMENTS = (
    """INSERT INTO customers_customer (name, kana, slug, time_zone, holidays, note, created_at)
       SELECT '顧客 ' || lpad(n::text, 5, '0'), 'こきゃく ' || lpad(n::text, 5, '0'), 'c' || n, 'Asia/Tokyo', 'closed',
           '', now()
       FROM generate_series(1, %(customers)s) n""",
    """INSERT INTO customers_environment (customer_id, name, slug, stage, state, account_id, region, read_role_arn,
           external_id, site_url, site_text, created_at)
       SELECT c.id, (ARRAY['本番', '検証', '予備'])[k], 'e' || k, (ARRAY['production', 'staging', 'trial'])[k],
           'active', lpad((100000000000 + c.id * 3 + k)::text, 12, '0'), 'ap-northeast-1',
           'arn:aws:iam::' || lpad((100000000000 + c.id * 3 + k)::text, 12, '0') || ':role/OpsPortalRead',
           gen_random_uuid(), '', '', now()
       FROM customers_customer c, generate_series(1, 3) k WHERE c.slug LIKE 'c%%'""",
    """INSERT INTO customers_plan (code, name_ja, name_en, provider_duties)
       VALUES ('bench', '計測', 'Bench', '["N1", "N4", "N5", "I1", "I3"]')""",
    """INSERT INTO customers_agreement (environment_id, plan_id, number, state, side, valid_from, begun_at, drafted_at,
           retention_days, plan_duties, performers, approvals, night_choices, night_from, night_until,
           long_work_minutes, notice_long_days, notice_short_days, notice_aws_days, site_url, site_text, remarks, texts,
           digest, signed_language, ended_reason)
       SELECT e.id, p.id, 1, 'provisional', 'provider', now() - interval '1 year', now() - interval '1 year',
           now() - interval '1 year', 14, p.provider_duties, '{}', '{}', '{}', '22:00', '07:00', 30, 30, 14, 0, '', '',
           '', '{}', '', '', '' FROM customers_environment e, customers_plan p
       WHERE p.code = 'bench'""",
    """INSERT INTO customers_standing (environment_id, customer_name, customer_kana, environment_name, level, needs,
           next_deadline_at, servers, databases, notices, last_backup_at, site_up, site_ms, failing_polls, version,
           changed_at)
       SELECT e.id, c.name, c.kana, e.name, 1 + (e.id * 7919) %% 4, (e.id * 31) %% 5,
           CASE WHEN e.id %% 3 = 0 THEN now() + ((e.id * 13) %% 900) * interval '1 hour' END, 3, 1, e.id %% 3,
           now() - ((e.id * 17) %% 40) * interval '1 hour', e.id %% 50 <> 0, 80 + e.id %% 400, 0, 1, now()
       FROM customers_environment e JOIN customers_customer c ON c.id = e.customer_id""",
    """INSERT INTO customers_server (environment_id, aws_id, name, first_seen_at, changed_at, state, instance_type,
           zone, private_address, public_address, image_id, platform, root_device, state_reason, security_groups, tags,
           system_check, instance_check, agent_state, os_name, os_version)
       SELECT e.id, 'i-' || lpad(to_hex(e.id * 10 + k), 17, '0'), 'web-' || k, now(), now(), 'running', 't3.small',
           'ap-northeast-1a', '10.0.' || (e.id %% 250) || '.' || k, '', 'ami-1', 'Linux/UNIX', 'ebs', '', '[]', '{}',
           'ok', 'ok', 'Online', 'Amazon Linux', '2023'
       FROM customers_environment e, generate_series(1, 3) k""",
    """INSERT INTO customers_database (environment_id, aws_id, name, first_seen_at, changed_at, state, arn, resource_id,
           engine, engine_version, instance_class, zone, endpoint, storage_gb, storage_type, multi_az, public,
           backup_retention_days, backup_window, maintenance_window, auto_minor_upgrade, certificate, pending_changes,
           replica_of, tags)
       SELECT e.id, 'db-' || e.id, 'db-' || e.id, now(), now(), 'available', 'arn:aws:rds:::db:db-' || e.id, '',
           'mysql', '8.4.6', 'db.t4g.small', 'ap-northeast-1a', '', 50, 'gp3', false, false, 14, '18:00-18:30',
           'sat:19:00-sat:19:30', true, 'rds-ca-rsa2048-g1', '{}', '', '{}'
       FROM customers_environment e""",
    """INSERT INTO customers_volume (environment_id, aws_id, name, first_seen_at, changed_at, state, size_gb,
           volume_type, encrypted, server_aws_id, device, zone)
       SELECT s.environment_id, 'vol-' || s.id, '', now(), now(), 'in-use', 30, 'gp3', true, s.aws_id, '/dev/xvda',
           'ap-northeast-1a' FROM customers_server s""",
    """INSERT INTO maintenance_backup (environment_id, aws_id, name, first_seen_at, changed_at, kind, state, subject,
           subject_aws_id, volume_aws_id, started_at, size_gb, reason)
       SELECT v.environment_id, 'snap-' || v.id || '-' || d, '', now(), now(), 'ebs-snapshot', 'good', 'server',
           v.server_aws_id, v.aws_id, now() - d * interval '1 day' - interval '3 hours', 30, ''
       FROM customers_volume v, generate_series(0, %(nights)s - 1) d""",
    """INSERT INTO maintenance_backup (environment_id, aws_id, name, first_seen_at, changed_at, kind, state, subject,
           subject_aws_id, volume_aws_id, started_at, size_gb, reason)
       SELECT b.environment_id, 'rds:' || b.aws_id || '-' || d, '', now(), now(), 'rds-automated', 'good', 'database',
           b.aws_id, '', now() - d * interval '1 day' - interval '5 hours', 50, ''
       FROM customers_database b, generate_series(0, %(nights)s - 1) d""",
    """INSERT INTO customers_observation (environment_id, at, kind, subject, aws_id, name, facts)
       SELECT s.environment_id, now() - o * interval '3 hours', 'changed', 'server', s.aws_id, s.name,
           '{"state": ["running", "stopped"]}'
       FROM customers_server s, generate_series(1, %(observations)s) o""",
    """INSERT INTO incidents_alarm (environment_id, aws_id, name, first_seen_at, changed_at, state, state_since,
           state_reason, description, actions_enabled, actions, metric, condition, subject, subject_aws_id)
       SELECT s.environment_id, 'arn:aws:cloudwatch:alarm:' || s.id || k, s.name || '-' || k, now(), now(), 'OK', now(),
           '', 'CPU 使用率', true, 1, 'AWS/EC2 CPUUtilization', '> 80', 'server', s.aws_id
       FROM customers_server s, generate_series(1, 3) k""",
    """INSERT INTO customers_poll (environment_id, reading, started_at, succeeded_at, trusted_until, changed_at,
           failures, failures_in_a_row, digest, calls, metrics_requested, counted_since, tries)
       SELECT e.id, r, now(), now(), now() + interval '1 year', now(), '[]', 0, '', 1000, 0,
           now() - interval '10 days', 0
       FROM customers_environment e,
           unnest(ARRAY['status', 'alarms', 'inventory', 'backups', 'lifecycles']) r""",
    """INSERT INTO customers_dutystate (environment_id, duty, state, kind, facts, reading, changed_at)
       SELECT e.id, d, 'ok', k, '{"count": 9, "lacking": 0}', r, now() FROM customers_environment e,
           (VALUES ('N1', 'notices-none', 'status'), ('N4', 'support-good', 'lifecycles'),
                   ('N5', 'backups-good', 'backups'), ('I1', 'alarms-good', 'alarms')) x(d, k, r)""",
    """INSERT INTO customers_need (environment_id, duty, origin, key, kind, urgency, performer, facts, deadline_at,
           raised_at, changed_at)
       SELECT e.id, 'N1', 'notices', 'n' || k, 'notice-open', 1 + (e.id + k) %% 3, 'provider',
           '{"code": "system-reboot", "name": "web-1", "aws_id": "i-1"}',
           now() + ((e.id * 13 + k) %% 900) * interval '1 hour', now(), now()
       FROM customers_environment e, generate_series(1, 2) k WHERE e.id %% 2 = 0""",
    """INSERT INTO maintenance_notice (environment_id, origin, source_id, status, subject, aws_id, name, code,
           description, starts_at, opt_in, first_seen_at, changed_at)
       SELECT n.environment_id, 'ec2-event', 'event-' || n.id, 'open', 'server', 'i-1', 'web-1', 'system-reboot', '',
           n.deadline_at, '', now(), now() FROM customers_need n""",
    "ANALYZE",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sizes; 1,000 customers × 3 environments × 3 servers by default."""
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--nights", type=int, default=25, help="backups kept per server and database")
    parser.add_argument("--observations", type=int, default=112, help="observations per server")


def make(*, customers: int, nights: int, observations: int) -> None:
    """Fill an empty database: 1,000 customers, 3,000 environments, 300,000 backups, 1,008,000 observations."""
    if Environment.objects.exists():
        raise CommandError("this database is in use: the large world goes into an empty one (see `make bench`)")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, {"customers": customers, "nights": nights, "observations": observations})
