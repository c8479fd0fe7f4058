"""The cards of a workshop: where partners differ first, never a question that is one's own."""

from __future__ import annotations

from alliage.rules.workshop import ALONE, DIFFER, NEW, UNKNOWN, agenda_of, cards_of_answers, cards_of_stage
from alliage.vocabulary.method import UNSURE, bank
from alliage.vocabulary.workshop import workshop_words

MINE = {"acteur": ("association",), "reponse": ("ici",), "lien": ("parole",), "cercle": (UNSURE,), "deja": ("jamais",)}
THEIRS = {"acteur": ("eti",), "reponse": ("a-inventer",), "lien": ("parole",), "deja": ("jamais",)}


def test_where_the_partners_differ_comes_first_then_what_somebody_does_not_know():
    cards = cards_of_answers(bank(), MINE, [("Léa", THEIRS)])
    assert (cards[0].question.id, cards[0].why) == ("reponse", DIFFER)
    assert [c.question.id for c in cards if c.why == UNKNOWN] == ["cercle"]
    assert "lien" not in {c.question.id for c in cards}


def test_alone_the_cards_are_what_one_does_not_know_and_what_was_not_asked():
    cards = cards_of_answers(bank(), MINE)
    assert cards[0].question.id == "cercle"
    assert {c.why for c in cards} <= {UNKNOWN, NEW, ALONE}


def test_no_card_asks_who_one_is_and_there_are_never_too_many():
    for cards in (cards_of_answers(bank(), {}), *(cards_of_stage(bank(), s.id) for s in bank().stages)):
        assert not {"acteur", "lieu", "domaines", "temps"} & {c.question.id for c in cards}
        assert len(cards) <= workshop_words().most_cards


def test_the_agenda_makes_two_hours_and_says_the_time_of_a_card():
    moments = agenda_of(cards_of_answers(bank(), {}))
    assert sum(m.minutes for m in moments) == 120
    assert "minutes chacune" in next(m.how for m in moments if m.cards)
