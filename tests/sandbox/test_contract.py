"""Every operation that the portal reads answers in botocore's shape, with the fields that the portal relies on."""

import datetime as dt
from typing import Any

import pytest

from tests.sandbox.conftest import Hand

NOW = dt.datetime.now(dt.UTC)
DAY_AGO = NOW - dt.timedelta(days=1)

# service, operation, parameters, key of the rows, fields that each row must have (a dot goes into a structure or list).
READS: list[tuple[str, str, dict[str, Any], str, str]] = [
    (
        "ec2",
        "describe_instances",
        {},
        "Reservations",
        "ReservationId OwnerId Instances.InstanceId Instances.ImageId Instances.InstanceType Instances.State.Name "
        "Instances.Placement.AvailabilityZone Instances.PrivateIpAddress Instances.LaunchTime "
        "Instances.PlatformDetails Instances.RootDeviceType Instances.RootDeviceName Instances.Tags.Key "
        "Instances.BlockDeviceMappings.Ebs.VolumeId "
        "Instances.SecurityGroups.GroupId Instances.MetadataOptions.HttpTokens Instances.EnaSupport Instances.VpcId "
        "Instances.SubnetId Instances.KeyName Instances.Monitoring.State Instances.UsageOperation "
        "Instances.NetworkInterfaces.NetworkInterfaceId Instances.StateTransitionReason",
    ),
    (
        "ec2",
        "describe_instance_status",
        {"IncludeAllInstances": True},
        "InstanceStatuses",
        "InstanceId InstanceState.Name InstanceStatus.Status SystemStatus.Status AttachedEbsStatus.Status "
        "InstanceStatus.Details.Status AvailabilityZone",
    ),
    (
        "ec2",
        "describe_volumes",
        {},
        "Volumes",
        "VolumeId Size VolumeType State Encrypted Iops Throughput AvailabilityZone CreateTime Attachments.InstanceId "
        "Attachments.Device Attachments.DeleteOnTermination Tags.Key",
    ),
    (
        "ec2",
        "describe_snapshots",
        {"OwnerIds": ["self"]},
        "Snapshots",
        "SnapshotId VolumeId State StartTime Progress OwnerId Description VolumeSize Encrypted StorageTier Tags.Key",
    ),
    (
        "ec2",
        "describe_images",
        {"Owners": ["self"]},
        "Images",
        "ImageId Name State CreationDate OwnerId SourceInstanceId BlockDeviceMappings.Ebs.SnapshotId Tags.Key",
    ),
    (
        "ec2",
        "describe_security_groups",
        {"Filters": [{"Name": "group-name", "Values": ["shop-web"]}]},
        "SecurityGroups",
        "GroupId GroupName Description VpcId OwnerId IpPermissions.IpProtocol IpPermissions.FromPort Tags.Key",
    ),
    (
        "ec2",
        "describe_security_group_rules",
        {},
        "SecurityGroupRules",
        "SecurityGroupRuleId GroupId IsEgress IpProtocol GroupOwnerId",
    ),
    (
        "ec2",
        "describe_addresses",
        {},
        "Addresses",
        "AllocationId AssociationId PublicIp InstanceId NetworkInterfaceId PrivateIpAddress Domain Tags.Key",
    ),
    (
        "rds",
        "describe_db_instances",
        {},
        "DBInstances",
        "DBInstanceIdentifier DBInstanceArn DBInstanceClass DBInstanceStatus Engine EngineVersion DbiResourceId "
        "AllocatedStorage MaxAllocatedStorage StorageType StorageEncrypted MultiAZ PubliclyAccessible AvailabilityZone "
        "SecondaryAvailabilityZone Endpoint.Address Endpoint.Port BackupRetentionPeriod PreferredBackupWindow "
        "PreferredMaintenanceWindow AutoMinorVersionUpgrade CACertificateIdentifier CertificateDetails.ValidTill "
        "CertificateDetails.CAIdentifier LatestRestorableTime PendingModifiedValues DeletionProtection "
        "VpcSecurityGroups.VpcSecurityGroupId DBSubnetGroup.DBSubnetGroupName InstanceCreateTime TagList.Key "
        "DBParameterGroups.DBParameterGroupName EngineLifecycleSupport",
    ),
    (
        "rds",
        "describe_db_snapshots",
        {},
        "DBSnapshots",
        "DBSnapshotIdentifier DBInstanceIdentifier DBSnapshotArn SnapshotCreateTime SnapshotType Status "
        "PercentProgress Engine EngineVersion AllocatedStorage StorageType Encrypted",
    ),
    (
        "rds",
        "describe_db_instance_automated_backups",
        {},
        "DBInstanceAutomatedBackups",
        "DBInstanceIdentifier DBInstanceArn DbiResourceId Status RestoreWindow.EarliestTime RestoreWindow.LatestTime "
        "BackupRetentionPeriod PreferredBackupWindow DBInstanceAutomatedBackupsArn",
    ),
    (
        "rds",
        "describe_events",
        {"Duration": 20160, "SourceType": "db-instance"},
        "Events",
        "SourceIdentifier SourceType Message EventCategories Date SourceArn",
    ),
    (
        "rds",
        "describe_db_major_engine_versions",
        {"Engine": "mysql"},
        "DBMajorEngineVersions",
        "Engine MajorEngineVersion SupportedEngineLifecycles.LifecycleSupportName "
        "SupportedEngineLifecycles.LifecycleSupportEndDate",
    ),
    (
        "rds",
        "describe_db_engine_versions",
        {"Engine": "mysql", "EngineVersion": "8.0.44"},
        "DBEngineVersions",
        "Engine EngineVersion ValidUpgradeTarget.EngineVersion ValidUpgradeTarget.IsMajorVersionUpgrade Status",
    ),
    ("rds", "describe_certificates", {}, "Certificates", "CertificateIdentifier CertificateType ValidFrom ValidTill"),
    (
        "elbv2",
        "describe_load_balancers",
        {},
        "LoadBalancers",
        "LoadBalancerArn DNSName LoadBalancerName State.Code Type Scheme VpcId AvailabilityZones.ZoneName CreatedTime",
    ),
    (
        "elbv2",
        "describe_target_groups",
        {},
        "TargetGroups",
        "TargetGroupArn TargetGroupName LoadBalancerArns Protocol Port HealthCheckPath TargetType",
    ),
    (
        "cloudwatch",
        "describe_alarms",
        {},
        "MetricAlarms",
        "AlarmName AlarmArn AlarmDescription StateValue StateReason StateReasonData StateUpdatedTimestamp MetricName "
        "Namespace Dimensions.Name Period EvaluationPeriods Threshold ComparisonOperator ActionsEnabled AlarmActions",
    ),
    ("cloudwatch", "list_metrics", {}, "Metrics", "Namespace MetricName Dimensions.Name"),
    (
        "backup",
        "list_backup_jobs",
        {},
        "BackupJobs",
        "BackupJobId State ResourceArn ResourceType CreationDate CompletionDate PercentDone BackupVaultName AccountId "
        "BackupSizeInBytes RecoveryPointArn",
    ),
    ("backup", "list_backup_vaults", {}, "BackupVaultList", "BackupVaultName BackupVaultArn NumberOfRecoveryPoints"),
    (
        "backup",
        "list_recovery_points_by_backup_vault",
        {"BackupVaultName": "Default"},
        "RecoveryPoints",
        "RecoveryPointArn ResourceArn ResourceType CreationDate Status CalculatedLifecycle.DeleteAt Lifecycle",
    ),
    (
        "ssm",
        "describe_instance_information",
        {},
        "InstanceInformationList",
        "InstanceId PingStatus LastPingDateTime AgentVersion PlatformType PlatformName PlatformVersion IPAddress",
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "key", "fields"),
    READS,
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_read_has_the_fields_that_the_portal_relies_on(
    hand: Hand, service: str, operation: str, parameters: dict[str, Any], key: str, fields: str
) -> None:
    rows = getattr(hand.assumed(service), operation)(**parameters)[key]
    assert rows
    for field in fields.split():
        assert all(_present(row, field.split(".")) for row in rows), f"{operation} lacks {field}"


def _present(row: Any, path: list[str]) -> bool:
    if isinstance(row, list):
        return bool(row) and all(_present(element, path) for element in row)
    if not path:
        return row is not None
    return path[0] in row and _present(row[path[0]], path[1:])
