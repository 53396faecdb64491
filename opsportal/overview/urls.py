"""Addresses of what spans the apps."""

from django.urls import path

from opsportal.overview.views import environments, health, help, home, search

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("help/", help.show_help, name="help"),
    path("environments/<int:environment_id>/", environments.environment, name="environment"),
    path(
        "environments/<int:environment_id>/parts/<slug:part>/", environments.environment_part, name="environment-part"
    ),
]
