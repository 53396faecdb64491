"""Put an inbound rule of a security group back: take away one that came, or allow again one that went."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import ActionClass, Observation, SecurityGroup
from maintenance.actions.shape import Action, Call, Course, Facts, Parameter, Plan, Refusal, Seen
from maintenance.models import Change, Step
from opsportal.aws import ec2
from opsportal.aws.account import Account

TAKE_AWAY, ALLOW = "take-away", "allow"
WORLD = ("0.0.0.0/0", "::/0")
WEB = (80, 443)
# How far back in what was seen a lost rule is looked for.
OBSERVATIONS = 50


def written(rule: Facts) -> str:
    """A rule as one line, such as "tcp 22-22 203.0.113.0/24"."""
    return f"{rule['protocol']} {_port(rule['from'])}-{_port(rule['to'])} {rule['source']}"


def _port(port: int | None) -> str:
    return "*" if port is None else str(port)


def read_rule(text: str) -> Facts:
    """The rule that a line says."""
    protocol, ports, source = text.split(" ")
    begin, end = (None if port == "*" else int(port) for port in ports.split("-"))
    return {"protocol": protocol, "from": begin, "to": end, "source": source}


def offered(group: SecurityGroup) -> list[tuple[str, str]]:
    """Every rule that is there, to take away; and every one that was seen before, to allow again."""
    now = [written(rule) for rule in group.inbound]
    seen = Observation.objects.filter(
        environment=group.environment, aws_id=group.aws_id, facts__has_key="inbound"
    ).order_by("-at", "-pk")[:OBSERVATIONS]
    before = [written(rule) for row in seen for rule in row.facts["inbound"][0] or ()]
    lost = list(dict.fromkeys(rule for rule in before if rule not in now))
    return [
        *((f"{TAKE_AWAY} {rule}", _("Take away: %(rule)s") % {"rule": rule}) for rule in now),
        *((f"{ALLOW} {rule}", _("Allow again: %(rule)s") % {"rule": rule}) for rule in lost),
    ]


def facts(group: Any) -> Facts:
    """Every inbound rule."""
    return {"state": "available", "inbound": [written(rule) for rule in group.inbound]}


def plan(aws_id: str, facts: Facts, parameters: Facts) -> Plan:
    """One call. What is open to the whole world is not opened again, but for web pages."""
    way, _space, text = parameters["rule"].partition(" ")
    rule, there = read_rule(text), text in facts["inbound"]
    if there == (way == ALLOW):
        raise Refusal("already-so", rule=text)
    named = {"GroupId": aws_id, "IpPermissions": [_permission(rule)]}
    if way == TAKE_AWAY:
        call = Call("take-away", "ec2", "RevokeSecurityGroupIngress", named, 300)
    elif rule["source"] in WORLD and not (rule["from"] == rule["to"] and rule["from"] in WEB):
        raise Refusal("open-to-the-world", rule=text)
    else:
        call = Call("allow", "ec2", "AuthorizeSecurityGroupIngress", named, 300)
    return Plan(
        calls=(call,),
        downtime_seconds=0,
        lost=("access-by-the-rule",) if way == TAKE_AWAY else (),
        undo_word="opposite-rule",
    )


def _permission(rule: Facts) -> Facts:
    source = rule["source"]
    if source.startswith("sg-"):
        sources = {"UserIdGroupPairs": [{"GroupId": source}]}
    elif source.startswith("pl-"):
        sources = {"PrefixListIds": [{"PrefixListId": source}]}
    elif ":" in source:
        sources = {"Ipv6Ranges": [{"CidrIpv6": source}]}
    else:
        sources = {"IpRanges": [{"CidrIp": source}]}
    ports = {} if rule["from"] is None else {"FromPort": rule["from"], "ToPort": rule["to"]}
    return {"IpProtocol": rule["protocol"], **ports, **sources}


def read(account: Account, aws_id: str) -> ec2.SecurityGroup | None:
    """The group as AWS has it now."""
    return next((group for group in ec2.security_groups(account) if group.aws_id == aws_id), None)


def look(account: Account, change: Change, step: Step) -> Seen:
    """Whether the rule is there, or no longer."""
    group = read(account, change.aws_id)
    if group is None:
        return Seen(Course.FAILED, {"state": "gone"})
    way, _space, text = change.parameters["rule"].partition(" ")
    there = text in [written(rule) for rule in group.inbound]
    if there == (way == ALLOW):
        return Seen(Course.DONE, {"there": there})
    return Seen(Course.UNDERWAY if step.state == Step.State.ACCEPTED else Course.NOTHING, {"there": there})


def works(account: Account, change: Change) -> Seen:
    """The rule is as it was wanted."""
    group = read(account, change.aws_id)
    way, _space, text = change.parameters["rule"].partition(" ")
    there = group is not None and text in [written(rule) for rule in group.inbound]
    return Seen(Course.DONE if there == (way == ALLOW) else Course.FAILED, {"there": there})


ACTION = Action(
    kind="put-back-rule",
    label=_("Put a rule of a security group back"),
    action_class=ActionClass.SECURITY,
    subject=Change.Subject.SECURITY_GROUP,
    facts=facts,
    plan=plan,
    read=read,
    look=look,
    works=works,
    parameters=(Parameter("rule", _("Rule"), "choice", choices=offered),),
)
