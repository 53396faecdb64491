"""Addresses of the onboarding: each step has one."""

from django.urls import path

from customers.views import onboarding, onboarding_end

urlpatterns = [
    path("onboarding/", onboarding.onboardings, name="onboardings"),
    path("onboarding/new/", onboarding.new_customer, name="onboarding-new"),
    path("customers/<int:customer_id>/onboarding/", onboarding.new_environment, name="onboarding-environment"),
    path("onboarding/<int:onboarding_id>/", onboarding.resume, name="onboarding"),
    path("onboarding/<int:onboarding_id>/drop/", onboarding.drop, name="onboarding-drop"),
    path("onboarding/<int:onboarding_id>/place/", onboarding.place, name="onboarding-place"),
    path("onboarding/<int:onboarding_id>/roles/", onboarding.roles, name="onboarding-roles"),
    path("onboarding/<int:onboarding_id>/template/", onboarding.template, name="onboarding-template"),
    path("onboarding/<int:onboarding_id>/test/", onboarding.test, name="onboarding-test"),
    path("onboarding/<int:onboarding_id>/test/again/", onboarding.test_again, name="onboarding-test-again"),
    path("onboarding/<int:onboarding_id>/reading/", onboarding_end.reading, name="onboarding-reading"),
    path("onboarding/<int:onboarding_id>/scope/", onboarding_end.scope, name="onboarding-scope"),
    path("onboarding/<int:onboarding_id>/agreement/", onboarding_end.agreement, name="onboarding-agreement"),
    path("onboarding/<int:onboarding_id>/people/", onboarding_end.people, name="onboarding-people"),
    path("onboarding/<int:onboarding_id>/done/", onboarding_end.done, name="onboarding-done"),
]
