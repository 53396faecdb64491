"""Addresses of customers, environments and one's own account."""

from django.urls import path

from customers import account_urls, agreement_urls, contact_urls, onboarding_urls
from customers.views import account, customers, environment_scope, environments

urlpatterns = [
    *account_urls.urlpatterns,
    *agreement_urls.urlpatterns,
    *onboarding_urls.urlpatterns,
    path("language/", account.choose_language, name="choose-language"),
    path("theme/", account.choose_theme, name="choose-theme"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:customer_id>/", customers.customer, name="customer"),
    path("environments/<int:environment_id>/scope/", environment_scope.scope, name="scope"),
    path("environments/<int:environment_id>/charts/", environments.charts, name="charts"),
    path("environments/<int:environment_id>/observations/", environments.observation_list, name="observations"),
    path("environments/<int:environment_id>/readings/", environments.reading_list, name="readings"),
    *contact_urls.urlpatterns,
]
