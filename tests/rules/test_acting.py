"""Whatever staff change of a customer's, they can change at the request of the customer's person, or say why not."""

import time

from tests.rules.test_audience import _OURS_ONLY, ROUTES, _address, _ids, _parameters, _undone

_TAKING_ON = "taking on is the provider's own work; at whose request it began stands at its beginning"
# What writes for a customer on nobody's behalf, and why.
ON_NOBODYS_BEHALF = {
    "agreement-draft": "a draft binds nobody and stands in no logbook; what is proposed of it says for whom",
    "see-to-change": "that a failure was seen to is the provider's own word",
    "onboarding-drop": _TAKING_ON,
    "onboarding-place": _TAKING_ON,
    "onboarding-roles": _TAKING_ON,
    "onboarding-test": _TAKING_ON,
    "onboarding-test-again": _TAKING_ON,
    "onboarding-reading": _TAKING_ON,
    "onboarding-scope": _TAKING_ON,
    "onboarding-agreement": _TAKING_ON,
    "onboarding-people": _TAKING_ON,
}
STAFFED = {"everyone", "staff", "admin", "agreeing", "accountable"}


def test_each_view_by_which_staff_write_for_a_customer_can_say_for_whom(world, client):
    client.force_login(world.admin)
    session = client.session
    session.update({"factor": "app", "proven_at": int(time.time())})
    session.save()
    ids = _ids(world, "shop")
    writing = set()
    for route in ROUTES:
        if route.callback.audience in STAFFED and _OURS_ONLY & set(_parameters(route)):
            with _undone():
                if client.post(_address(route, ids)).status_code != 405:
                    writing.add(route.name)
    saying = {route.name for route in ROUTES if getattr(route.callback, "says_for_whom", False)}
    assert writing - saying == set(ON_NOBODYS_BEHALF)
    assert not saying & set(ON_NOBODYS_BEHALF)
