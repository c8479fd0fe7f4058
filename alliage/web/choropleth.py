"""A choropleth drawn by the server: classes of values, the map of France coloured by them, and their legend."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from alliage.vocabulary.places import gazetteer
from alliage.web.drawn_map import FRANCE_HEIGHT, WIDTH, france_paths, inset_pieces
from alliage.web.templatetags.french import number

MOST_CLASSES = 5
_HATCH = (
    '<pattern id="hachures" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="q0" width="10" height="10"/><path class="stroke" d="M0 0v10"/></pattern>'
)


@dataclass(frozen=True, slots=True)
class Class:
    """The values from `low` to below `high` (None: no bound); `rank` 1 is the lightest of `of` classes."""

    rank: int
    low: float
    high: float | None
    label: str
    shade: int  # 1 to 5, the step of the ramp


def _exact(value: float) -> float:
    """A value without the noise of its division: two shares of 20 % are one value."""
    return round(value, 9)


def _rounded(value: float) -> float:
    """A bound that a reader can hold in mind: two significant figures."""
    return float(f"{value:.2g}")


def classes_of(values: Iterable[float | None], decimals: int = 0, most: int = MOST_CLASSES) -> tuple[Class, ...]:
    """At most five classes with about as many territories in each, on rounded bounds; few distinct values: one each.

    A lowest value that alone fills a class (« 0 » where most territories have nothing) is a class of its own, and the
    others share what remains: else they would all be of one colour.
    """
    told = sorted(_exact(v) for v in values if v is not None)
    if not told:
        return ()
    distinct = sorted(set(told))
    if len(distinct) <= most:
        bounds = distinct[1:]
    elif told.count(told[0]) * most >= len(told):
        rest = told[told.count(told[0]) :]
        bounds = [distinct[1], *(b for b in _quantiles(rest, most - 1) if b > distinct[1])]
    else:
        bounds = _quantiles(told, most)
    lows: list[float] = [told[0], *bounds]
    highs: list[float | None] = [*bounds, None]
    shades = {1: (3,), 2: (2, 4), 3: (1, 3, 5), 4: (1, 2, 4, 5)}.get(len(lows), (1, 2, 3, 4, 5))
    classes = []
    for at, (low, high) in enumerate(zip(lows, highs, strict=True)):
        held = [v for v in distinct if v >= low and (high is None or v < high)]
        classes.append(Class(at + 1, low, high, _label(at, low, high, held, decimals), shades[at]))
    return tuple(classes)


def _quantiles(told: Sequence[float], parts: int) -> list[float]:
    """The bounds between so many parts of sorted values, rounded, those that fall together once."""
    ranked = (_rounded(told[len(told) * at // parts]) for at in range(1, parts))
    return sorted({b for b in ranked if told[0] < b <= told[-1]})


def _label(at: int, low: float, high: float | None, held: Sequence[float], decimals: int) -> str:
    """What a class is called, from its bounds and the distinct values in it."""

    def said(value: float) -> str:
        return number(value, 0 if value == round(value) else max(decimals, 1))

    whole = decimals == 0
    if len(held) == 1 and (high is None or at == 0 or (whole and high - low == 1)):
        return said(held[0])
    if high is None:
        return f"{said(low)} et plus"
    if at == 0 and low >= 0:
        return f"moins de {said(high)}"
    return f"{said(low)} à {said(high - 1)}" if whole else f"{said(low)} à moins de {said(high)}"


def shade_of(value: float | None, classes: Sequence[Class]) -> int:
    """The step of the ramp of a value, 1 to 5; 0 without a value."""
    if value is None or not classes:
        return 0
    return classes[max(0, bisect_right([c.low for c in classes], _exact(value)) - 1)].shade


def draw_choropleth(
    level: str,
    values: Mapping[str, float | None],
    classes: Sequence[Class],
    *,
    title: str = "",
    unit: str = "",
    decimals: int = 0,
) -> SafeString:
    """France coloured by the values of a level (région, département or EPCI), by official code; no value is hatched.

    One picture for those who listen to the page (`role="img"` and its title): the table beside it is its twin.
    """
    pieces = [f"<defs>{_HATCH}</defs>", *inset_pieces()]
    for code, path in france_paths(level).items():
        place, value = gazetteer().get(level, code), values.get(code)
        if place is None:
            continue
        shade = shade_of(value, classes)
        told = "pas de donnée" if value is None else f"{number(value, decimals)} {unit}".strip()
        paint = f'class="q{shade}"' if shade else 'class="q" fill="url(#hachures)"'
        name = escape(gazetteer().label(place))
        pieces.append(f'<path {paint} data-code="{code}" d="{path}"><title>{name}\u00a0: {told}</title></path>')
    if level != "region":
        pieces += [f'<path class="edge" d="{d}"/>' for d in france_paths("region").values()]
    return format_html(
        '<svg class="drawn choropleth {}" viewBox="0 0 {} {}" role="img" aria-labelledby="choroplethe" data-level="{}">'
        '<title id="choroplethe">{}</title>{}</svg>',
        level,
        WIDTH,
        FRANCE_HEIGHT,
        level,
        title or "Carte de France",
        mark_safe("".join(pieces)),  # numbers of ours, and names escaped above
    )
