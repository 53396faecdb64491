"""The CloudFormation template with which a customer makes the portal's two roles: one that reads, one that acts."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from opsportal.aws.permissions import act_policy, read_policy, trust_policy

STACK = "opsportal-roles"
# The longest session that the portal asks for; role chaining allows no longer one anyway.
SESSION_SECONDS = 3600


@dataclass(frozen=True)
class Roles:
    """What one environment's stack is made with."""

    external_id: str
    region: str
    read_principal: str
    act_principal: str
    read_role: str
    act_role: str

    @property
    def parameters(self) -> dict[str, str]:
        """The stack's parameters by name."""
        return {
            "ExternalId": self.external_id,
            "Region": self.region,
            "ReadPrincipal": self.read_principal,
            "ActPrincipal": self.act_principal,
            "ReadRoleName": self.read_role,
            "ActRoleName": self.act_role,
        }


_WORDS = {
    "ExternalId": "Made by the operations portal for this environment; a role lets the portal in only with it.",
    "Region": "Where the act role may act.",
    "ReadPrincipal": "The portal's own principal that reads.",
    "ActPrincipal": "The portal's own principal that acts.",
    "ReadRoleName": "Name of the role that reads.",
    "ActRoleName": "Name of the role that acts.",
}


def template(roles: Roles | None = None) -> str:
    """The template as JSON: with an environment's own values as defaults, or without any for the shared copy."""
    defaults = roles.parameters if roles else {}
    parameters = {
        name: {"Type": "String", "Description": words, **({"Default": defaults[name]} if name in defaults else {})}
        for name, words in _WORDS.items()
    }
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Roles with which the operations portal reads this account and acts in it.",
        "Parameters": parameters,
        "Resources": {"ReadRole": _read_role(), "ActRole": _act_role()},
        "Outputs": {
            f"{name}Arn": {"Description": f"ARN of {name}", "Value": {"Fn::GetAtt": [name, "Arn"]}}
            for name in ("ReadRole", "ActRole")
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _read_role() -> dict[str, Any]:
    trust = trust_policy(_parameter("ReadPrincipal"), _parameter("ExternalId"))
    return _role("ReadRoleName", trust, "read", read_policy())


def _act_role() -> dict[str, Any]:
    trust = trust_policy(_parameter("ActPrincipal"), _parameter("ExternalId"), names_who_acts=True)
    return _role("ActRoleName", trust, "act", act_policy(_arn))


def _arn(service: str, end: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{Region}}:{end.format(account='${AWS::AccountId}')}"}


def _role(name: str, trust: dict[str, Any], what: str, policy: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": _parameter(name),
            "Description": f"The operations portal may {what} here.",
            "MaxSessionDuration": SESSION_SECONDS,
            "AssumeRolePolicyDocument": trust,
            "Policies": [{"PolicyName": what, "PolicyDocument": policy}],
        },
    }


def _parameter(name: str) -> dict[str, str]:
    return {"Ref": name}


def quick_create_link(roles: Roles, template_url: str, stack: str) -> str:
    """The console's page that makes the stack, all filled in; the customer only looks and confirms."""
    given = {f"param_{name}": value for name, value in roles.parameters.items()}
    query = urlencode({"templateURL": template_url, "stackName": stack, **given}, quote_via=quote)
    region = quote(roles.region)
    return f"https://{region}.console.aws.amazon.com/cloudformation/home?region={region}#/stacks/create/review?{query}"


def command(roles: Roles, file_name: str, stack: str) -> str:
    """The command that makes the stack from the downloaded file."""
    return (
        f"aws cloudformation deploy --region {roles.region} --stack-name {stack} "
        f"--template-file {file_name} --capabilities CAPABILITY_NAMED_IAM"
    )
