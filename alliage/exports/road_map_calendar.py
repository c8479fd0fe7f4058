"""A road map as a calendar file (ICS): a day for each step that has one, a task for the others."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable

from icalendar import Calendar, Event, Todo

from alliage.exports.road_map import RoadMap
from alliage.vocabulary.road_map import DOING, DONE, DROPPED, RoadMapStep, road_map_words, said_day

_STATUS = {DOING: "IN-PROCESS", DONE: "COMPLETED", DROPPED: "CANCELLED"}
DayOf = Callable[[RoadMapStep], dt.date | None]


def write_ics(road_map: RoadMap, *, day_of: DayOf, at: dt.datetime) -> bytes:
    """The calendar; `day_of` tells the day of a step, or None; `at` (aware) stamps each entry."""
    calendar = Calendar()
    calendar.add("prodid", "-//Alliage//Feuille de route//FR")
    calendar.add("version", "2.0")
    calendar.add("name", road_map.title)
    calendar.add("x-wr-calname", road_map.title)
    said: Counter[str] = Counter()
    for step in road_map.steps:
        said[step.title] += 1
        # The same step at the next download takes the place of this one in a calendar, whatever its new date.
        named = f"{road_map.identity}\n{step.title}\n{said[step.title]}"
        uid = f"{hashlib.sha256(named.encode()).hexdigest()[:32]}@alliage"
        calendar.add_component(_entry(road_map, step, day_of(step), uid, at))
    return bytes(calendar.to_ical())


def _entry(road_map: RoadMap, step: RoadMapStep, day: dt.date | None, uid: str, at: dt.datetime) -> Event | Todo:
    entry: Event | Todo = Event() if day else Todo()
    entry.add("uid", uid)
    entry.add("dtstamp", at)
    entry.add("summary", step.title)
    entry.add("description", _described(road_map, step, day))
    entry.add("url", road_map.address)
    if day:
        entry.add("dtstart", day)  # without an end, a date is that whole day (RFC 5545, 3.6.1)
        if day < dt.date.max:
            entry.add("dtend", day + dt.timedelta(days=1))
        entry.add("transp", "TRANSPARENT")  # nobody is busy all day for it
        if step.state == DROPPED:
            entry.add("status", "CANCELLED")
    else:
        entry.add("status", _STATUS.get(step.state, "NEEDS-ACTION"))
    return entry


def _described(road_map: RoadMap, step: RoadMapStep, day: dt.date | None) -> str:
    lines = [step.details] if step.details else []
    lines += [f"Qui\u00a0: {step.who}"] if step.who else []
    if step.when and not step.day:
        counted = f", compté depuis le {said_day(road_map.begun_on)}" if day else ""
        lines.append(f"Quand\u00a0: «\u00a0{step.when}\u00a0»{counted}")
    lines += [f"Pourquoi\u00a0: {step.why}"] if step.why else []
    lines.append(f"État\u00a0: {road_map_words().states[step.state].label}")
    return "\n".join(lines)
