"""The template with which a customer makes the portal's roles: least rights, and every way to get at it."""

import json
from urllib.parse import parse_qs, urlsplit

from django.core.management import call_command
from django.urls import reverse

from customers import onboarding, places
from customers.models import Plan
from opsportal import business_time
from opsportal.aws.permissions import BESIDES, CHANGES, READ

READER, ACTOR = "arn:aws:iam::123456789012:role/portal-read", "arn:aws:iam::123456789012:role/portal-act"


def roles_page(world, client):
    row = onboarding.begin(customer=world.shop, at=business_time.now(), by=world.admin)
    row = onboarding.name_place(
        onboarding=row, name="検証", stage="staging", account_id="777788889999", region=places.REGIONS[1],
        plan=Plan.objects.get(), at=business_time.now(), by=world.admin,
    )  # fmt: skip
    client.force_login(world.admin)
    return row, client.get(reverse("onboarding-roles", args=[row.pk]))


def test_each_role_trusts_its_own_principal_under_the_external_id_alone(world, client, settings):
    settings.PORTAL_READ_PRINCIPAL, settings.PORTAL_ACT_PRINCIPAL = READER, ACTOR
    row, _page = roles_page(world, client)
    made = json.loads(client.get(reverse("onboarding-template", args=[row.pk])).content)
    values = {name: given["Default"] for name, given in made["Parameters"].items()}
    assert values["ReadPrincipal"] == READER and values["ActPrincipal"] == ACTOR
    assert values["ExternalId"] == str(row.external_id) and values["Region"] == "ap-northeast-3"
    read, act = (made["Resources"][name]["Properties"] for name in ("ReadRole", "ActRole"))
    (statement,) = read["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": {"Ref": "ReadPrincipal"}}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    enter, name = act["AssumeRolePolicyDocument"]["Statement"]
    assert enter["Condition"]["StringEquals"] == {"sts:ExternalId": {"Ref": "ExternalId"}}
    assert enter["Condition"]["StringLike"] == name["Condition"]["StringLike"] == {"sts:SourceIdentity": "?*"}


def test_the_roles_grant_what_the_portal_calls_and_nothing_else(world, client, settings):
    settings.PORTAL_READ_PRINCIPAL, settings.PORTAL_ACT_PRINCIPAL = READER, ACTOR
    row, _page = roles_page(world, client)
    made = json.loads(client.get(reverse("onboarding-template", args=[row.pk])).content)
    granted = {
        name: {
            action
            for policy in role["Properties"]["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            for action in statement["Action"]
        }
        for name, role in made["Resources"].items()
    }
    acts = {operation for operations in CHANGES.values() for operation in operations} | set(BESIDES.values())
    assert granted == {"ReadRole": set(READ), "ActRole": acts}
    assert not [action for actions in granted.values() for action in actions if "*" in action or "iam:" in action]
    for statement in made["Resources"]["ActRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]:
        assert ":${Region}:" in statement["Resource"]["Fn::Sub"]


def test_the_link_hands_over_every_value_where_a_shared_copy_lies(world, client, settings, capsys):
    settings.PORTAL_READ_PRINCIPAL, settings.PORTAL_ACT_PRINCIPAL = READER, ACTOR
    settings.TEMPLATE_BUCKET_URL = "https://bucket.example/opsportal-roles.json"
    row, page = roles_page(world, client)
    link = page.context["ways"]["link"]
    assert link.startswith("https://ap-northeast-3.console.aws.amazon.com/cloudformation/home?region=ap-northeast-3#")
    given = parse_qs(urlsplit(link).fragment.partition("?")[2])
    assert given["templateURL"] == [settings.TEMPLATE_BUCKET_URL]
    assert given["param_ExternalId"] == [str(row.external_id)]
    call_command("role_template")
    shared = json.loads(capsys.readouterr().out)
    assert {name.removeprefix("param_") for name in given if name.startswith("param_")} == set(shared["Parameters"])
    assert not any("Default" in parameter for parameter in shared["Parameters"].values())


def test_without_a_shared_copy_there_are_the_download_and_a_command(world, client, settings):
    settings.PORTAL_READ_PRINCIPAL, settings.PORTAL_ACT_PRINCIPAL = READER, ACTOR
    settings.TEMPLATE_BUCKET_URL = ""
    _row, page = roles_page(world, client)
    text = page.content.decode()
    assert "console.aws.amazon.com" not in text and "テンプレートをダウンロード" in text
    assert "aws cloudformation deploy --region ap-northeast-3" in text and "CAPABILITY_NAMED_IAM" in text


def test_without_principals_the_page_says_what_to_set_and_hands_out_nothing(world, client, settings):
    settings.PORTAL_READ_PRINCIPAL = settings.PORTAL_ACT_PRINCIPAL = ""
    row, page = roles_page(world, client)
    assert "PORTAL_READ_PRINCIPAL" in page.content.decode()
    assert client.get(reverse("onboarding-template", args=[row.pk])).status_code == 404
