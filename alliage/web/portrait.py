"""What the base and the figures say of one territory, gathered once for its page and its A4; no HTML here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alliage.rules.comparable import Comparable, comparable
from alliage.rules.questions import questions_for
from alliage.rules.rates import Rate, TooFew, missing_forms, rate_per_10000
from alliage.search.facets import NONE
from alliage.search.request import SearchRequest
from alliage.search.results import Hit, Search
from alliage.search.territory import Clusters, Split, child_level
from alliage.vocabulary.indicators import COUNTRY, Indicator, Observation, indicators
from alliage.vocabulary.numbers import in_round_figures
from alliage.vocabulary.place import EPCI_KINDS
from alliage.vocabulary.places import LEVEL_LABELS, Place, gazetteer, neighbours
from alliage.vocabulary.terms import terms
from alliage.vocabulary.territories import Network, territories
from alliage.vocabulary.typology import Trend, typology
from alliage.web.templatetags.french import number
from alliage.web.territory_figures import Figure, figures_of

SHOWN_HERE, INSPIRING, COMPARABLES, MOST_NEIGHBOURS = 6, 5, 10, 12
QUESTIONS = 3
FRANCE = "France"
_ALIKE = {
    "epci": "des intercommunalités comparables à la vôtre",
    "departement": "des départements comparables au vôtre",
    "region": "des régions comparables à la vôtre",
}
# Below, a decade more or less says nothing of a dynamic.
LEAST_DATED = 10
PERIODS = ((None, 1999), (2000, 2009), (2010, 2014), (2015, 2019), (2020, None))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A form that comparable territories have and this one has not, with an example."""

    trend: Trend
    territories: int
    example: Hit | None


@dataclass(frozen=True, slots=True)
class Alike:
    """A comparable territory and the alliances recorded there."""

    comparable: Comparable
    count: int


@dataclass(frozen=True, slots=True)
class Around:
    """A territory that touches this one and the alliances recorded there."""

    place: Place
    count: int


@dataclass(frozen=True)
class Portrait:
    """All that a territory's page says. `wider`: of which larger territories the inspiring cases are."""

    place: Place
    count: int
    hits: list[Hit]
    modes: Mapping[str, int]
    split: Split | None
    clusters: Clusters
    above: Sequence[Around]
    national: int
    inspiring: list[Hit]
    wider: str
    alike: Sequence[Alike]
    elsewhere: Sequence[Elsewhere]
    over_time: Sequence[tuple[str, int]]
    rate: Rate | TooFew
    around: Sequence[Around]
    figures: Sequence[Figure]
    told_of_france: Sequence[tuple[Indicator, Observation]]
    questions: Sequence[str]
    networks: Sequence[Network]

    @property
    def inspired_by(self) -> str:
        """Where the inspiring cases come from, in one sentence without its full stop."""
        if self.wider == FRANCE:
            return "Des cas bien documentés, ailleurs en France"
        return f"Ce que font {self.wider or 'des territoires comparables'}"

    @property
    def names_twice(self) -> frozenset[str]:
        """The names that several of the territories around bear: « Guyane » is a région and a département."""
        names = Counter([self.place.name, *(a.place.name for a in self.above)])
        return frozenset(name for name, times in names.items() if times > 1)

    @property
    def label(self) -> str:
        """« Figeac (Lot) »."""
        return gazetteer().label(self.place)


def portrait_of(place: Place, search: Search) -> Portrait:
    """The portrait of a territory; two database queries. Raises IndexUnavailable."""
    here = SearchRequest(filters={"place": (place.token,)}, limit=SHOWN_HERE)
    answer = search.answer(here, facets=("mode", "trend"))
    alike = comparable(place, gazetteer(), COMPARABLES)
    counts = search.counts_by_place(place.level, SearchRequest())
    elsewhere = _elsewhere(search, {v.value: v.count for v in answer.facets["trend"]}, alike)
    inspiring, wider = _inspiring(search, place, alike, answer.hits) if answer.count < SHOWN_HERE else ([], "")
    level = child_level(place)
    return Portrait(
        place=place,
        count=answer.count,
        hits=answer.hits,
        modes={v.value: v.count for v in answer.facets["mode"]},
        split=search.split(place, level, SearchRequest()) if level else None,
        clusters=search.clusters(here, level or place.level),
        above=_above(search, place),
        national=search.national(here),
        inspiring=inspiring,
        wider=wider,
        alike=[Alike(c, counts.get(c.place.token, 0)) for c in alike],
        elsewhere=elsewhere,
        over_time=_over_time(search, here),
        rate=rate_per_10000(answer.count, place.population),
        around=_around(place, counts),
        figures=figures_of(place, [c.place for c in alike], counts),
        told_of_france=_told_of_france(),
        questions=questions_for(
            territories().questions, answer.count, elsewhere[0].trend.label if elsewhere else "", QUESTIONS
        ),
        networks=territories().networks.get(place.region, ()),
    )


def _above(search: Search, place: Place) -> list[Around]:
    """The territories that hold this one, the smallest first, with the alliances recorded in the whole of each."""
    held = [p for p in reversed(gazetteer().ancestors(place)) if p != place]
    return [Around(p, search.counts_by_place(p.level, SearchRequest()).get(p.token, 0)) for p in held]


def _around(place: Place, counts: Mapping[str, int]) -> list[Around]:
    touching = [p for token in neighbours().get(place.token, ()) if (p := gazetteer().token(token))]
    found = [Around(p, counts.get(p.token, 0)) for p in touching]
    return sorted(found, key=lambda a: (-a.count, -(a.place.population or 0)))[:MOST_NEIGHBOURS]


def _inspiring(search: Search, place: Place, alike: Sequence[Comparable], here: Sequence[Hit]) -> tuple[list[Hit], str]:
    """Cases of comparable territories, one a territory while there are enough; from a wider level when there are none."""
    for level in (place, *reversed(gazetteer().ancestors(place)[:-1])):
        peers = alike if level == place else comparable(level, gazetteer(), COMPARABLES)
        found: list[Hit] = []
        spare: list[Hit] = []
        for peer in peers:
            asked = SearchRequest(filters={"place": (peer.place.token,)}, limit=INSPIRING)
            hits = [h for h in search.answer(asked, facets=()).hits if _is_new(h, [*here, *found, *spare])]
            found += hits[:1]
            spare += hits[1:]
        if len(found) + len(spare) >= INSPIRING or (level.level == "region" and found):
            wider = "" if level == place else f"{_ALIKE[level.level]} ({level.shown})"
            return [*found, *spare][:INSPIRING], wider
    asked = SearchRequest(filters={"documentation": ("bien-documentee",)}, limit=INSPIRING)
    return search.answer(asked, facets=()).hits, FRANCE


def _is_new(hit: Hit, known: Sequence[Hit]) -> bool:
    return all(hit.record["id"] != other.record["id"] for other in known)


def _elsewhere(search: Search, own: Mapping[str, int], alike: Sequence[Comparable]) -> list[Elsewhere]:
    """The forms that comparable territories have and this one has not."""
    by_place = search.facet_by_place([c.place for c in alike], "trend")
    theirs = [{trend: n for trend, n in counts.items() if trend != NONE} for counts in by_place]
    trends = {t.id: t for t in typology().trends}
    found = []
    for form in missing_forms(own, theirs):
        if form.trend not in trends:
            continue
        places = tuple(c.place.token for c, told in zip(alike, theirs, strict=True) if told.get(form.trend))
        asked = SearchRequest(filters={"place": places, "trend": (form.trend,)}, limit=1)
        hits = search.answer(asked, facets=()).hits
        found.append(Elsewhere(trends[form.trend], form.territories, hits[0] if hits else None))
    return found


def _over_time(search: Search, here: SearchRequest) -> list[tuple[str, int]]:
    """Alliances by period of their first year; empty when too few say it."""
    counted = search.by_period(here, PERIODS)
    if sum(counted) < LEAST_DATED:
        return []
    return [(_period(first, last), number) for (first, last), number in zip(PERIODS, counted, strict=True)]


def _period(first: int | None, last: int | None) -> str:
    if first is None:
        return f"avant {(last or 0) + 1}"
    return f"depuis {first}" if last is None else f"{first}-{last}"


def _told_of_france() -> list[tuple[Indicator, Observation]]:
    """What studies say of the whole country, always headed « France »."""
    found = []
    for observation in indicators().told:
        indicator = indicators().get(observation.indicator)
        if indicator and observation.place == COUNTRY:
            found.append((indicator, observation))
    return found


def kind_of(place: Place) -> str:
    """« Communauté de communes · Lot · Occitanie »."""
    own = EPCI_KINDS.get(place.kind) or LEVEL_LABELS[place.level]
    above = [gazetteer().label(p).partition(" (")[0] for p in reversed(gazetteer().ancestors(place)) if p != place]
    return " · ".join([own.capitalize(), *above])


def sentence_of(portrait: Portrait) -> str:
    """The one sentence that opens the page: who lives there, what is recorded."""
    place = portrait.place
    people = f"{number(place.population)} habitants" if place.population else "Population non connue"
    dense = f", {in_round_figures(place.density)} par km²" if place.density else ""
    if not portrait.count:
        return f"{people}{dense}. {territories().nothing_here}"
    modes = {m: n for m, n in portrait.modes.items() if m != "none"}
    best = max(modes, key=lambda m: modes[m], default="")
    form = (
        f"\u00a0; forme la plus fréquente\u00a0: {terms('modes').label(best).lower()}"
        if best and portrait.count > 1
        else ""
    )
    many = f"{number(portrait.count)} alliance{'s' * (portrait.count > 1)} recensée{'s' * (portrait.count > 1)}"
    return f"{people}{dense}. {many}{form}."
