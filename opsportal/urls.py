"""Mounts the apps' URL files, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("opsportal.web.urls")),
    path("", include("opsportal.overview.urls")),
    path("", include("customers.urls")),
    path("", include("maintenance.urls")),
    path("", include("incidents.urls")),
]
