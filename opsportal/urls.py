"""Mounts the apps' URL files, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("opsportal.overview.urls")),
    path("", include("customers.urls")),
    path("", include("maintenance.urls")),
    path("", include("incidents.urls")),
]
handler500 = "opsportal.overview.views.errors.server_error"
