"""The site map: one line a page, then the API, then the admin."""

from django.contrib import admin
from django.urls import include, path

from alliage.api.endpoints import api

urlpatterns = [
    path("", include("alliage.web.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]
handler400 = "alliage.web.errors.bad_request"
handler403 = "alliage.web.errors.forbidden"
handler404 = "alliage.web.errors.not_found"
handler500 = "alliage.web.errors.server_error"
