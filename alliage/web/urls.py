"""The addresses of the pages (design §4)."""

from django.urls import path, re_path

from alliage.web import alliance, browse, doors, forms, health, home, maps, overview, territory

urlpatterns = [
    path("", home.home, name="home"),
    path("exemples/", browse.examples, name="examples"),
    re_path(r"^exemples\.(?P<kind>csv|xlsx|json|geojson|rss)$", browse.download, name="download"),
    path("ma-selection/", browse.selection, name="selection"),
    path("exemples/carte/", maps.map_page, name="map"),
    path("exemples/carte.csv", maps.map_table, name="map_table"),
    re_path(r"^contours/(?P<level>[a-z]+)\.(?P<version>[0-9a-f]{10})\.geojson$", maps.contours_file, name="contours"),
    path("exemples/<slug:id>/", alliance.alliance, name="alliance"),
    path("exemples/<slug:id>/faire-pareil/", alliance.same, name="same"),
    path("exemples/<slug:id>/faire-pareil.docx", alliance.same_docx, name="same_docx"),
    path("organisations/<slug:id>/", alliance.organisation, name="organisation"),
    path("typologie/", forms.typology_page, name="typology"),
    path("typologie/<slug:mode>/", forms.mode_page, name="mode"),
    path("typologie/<slug:mode>/<slug:trend>/", forms.trend_page, name="trend"),
    path("methodes/", doors.methods, name="methods"),
    path("territoires/", territory.find_territory, name="find_territory"),
    path("territoires/<slug:level>/<slug:code>/", territory.territory, name="territory"),
    path("territoires/<slug:level>/<slug:code>/page.pdf", territory.territory_pdf, name="territory_pdf"),
    path("territoires/<slug:level>/<slug:code>/chiffres.csv", territory.territory_csv, name="territory_csv"),
    path(
        "territoires/<slug:level>/<slug:code>/comparables.csv",
        territory.territory_comparables,
        name="territory_comparables",
    ),
    path("donnees/", overview.overview, name="data"),
    path("donnees.csv", overview.overview_table, name="data_table"),
    path("outils/", doors.tools, name="tools"),
    path("competences/", doors.skills, name="skills"),
    path("contribuer/", doors.contribute, name="contribute"),
    path("contribuer/alliances.xlsx", doors.template_file, name="template_file"),
    path("a-propos/", doors.about, name="about"),
    path("comment-chercher/", doors.search_help, name="search_help"),
    path("glossaire/", doors.glossary_page, name="glossary"),
    path("sources/", doors.sources_page, name="sources"),
    path("fiche-d-origine/", doors.founding_sheet_, name="founding_sheet"),
    path("healthz", health.healthz, name="healthz"),
]
