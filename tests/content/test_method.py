"""The method's content: every question complete, nothing asked twice, a mistake told with file and line."""

from __future__ import annotations

import re

import pytest

from alliage.rules.questionnaire import path
from alliage.vocabulary import advice as advice_module
from alliage.vocabulary import deriving as deriving_module
from alliage.vocabulary import loading
from alliage.vocabulary import method as method_module
from alliage.vocabulary.advice import advice_content
from alliage.vocabulary.conditions import questions_of
from alliage.vocabulary.deriving import deriving
from alliage.vocabulary.loading import ContentError
from alliage.vocabulary.method import bank
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import key

STAGES = (
    "pourquoi", "ou-en-sommes-nous", "avec-qui", "quelle-forme", "s-organiser", "faire-vivre", "ce-que-cela-produit", "et-apres",
)  # fmt: skip


def test_the_bank_has_its_eight_stages_and_the_short_path_at_most_thirteen_questions():
    assert tuple(s.id for s in bank().stages) == STAGES
    assert all(bank().of_stage(stage) for stage in STAGES)
    assert len(bank().questions) >= 64
    assert [q.short for q in bank().short] == list(range(1, len(bank().short) + 1))
    assert len(bank().short) <= 13


@pytest.mark.parametrize("question", bank().questions.values(), ids=lambda q: q.id)
def test_a_question_is_one_sentence_with_its_help_and_its_reason(question):
    assert question.text.rstrip().endswith("?")
    assert question.help != question.why
    assert question.why.rstrip().endswith(".")
    assert len(question.text) <= 110
    assert question.kind in ("text", "place") or len(question.options) >= 3
    for option in question.options:
        assert option.label


def test_nothing_is_asked_twice():
    texts = [key(q.text) for q in bank().questions.values()]
    assert len(set(texts)) == len(texts)
    words = {q.id: {w for w in key(q.text).split() if len(w) > 4} for q in bank().questions.values()}
    for one, its in words.items():
        for other, theirs in words.items():
            if one < other and len(its) > 2 and len(theirs) > 2:
                assert len(its & theirs) / len(its | theirs) < 0.6, (one, other)


def test_the_health_check_and_the_results_are_asked_only_of_an_alliance_that_runs():
    asked = {q.id for q in path(bank(), {"avancement": ("idee",)}, short=False)}
    later = {q.id for q in path(bank(), {"avancement": ("lancee",)}, short=False)}
    assert not {q.id for q in bank().of_stage("faire-vivre")} & asked
    assert {q.id for s in STAGES[5:] for q in bank().of_stage(s)} <= later


def test_every_answer_that_decides_speaks_for_or_against_something():
    read = {(question, option) for line in advice_content().lines for question, option in _pairs(line.when)}
    for name in advice_content().deciding:
        for option in bank().questions[name].options:
            assert (name, option.id) in read, (name, option.id)


def _pairs(condition):
    if hasattr(condition, "options"):
        return [(condition.question, o) for o in condition.options]
    parts = getattr(condition, "parts", None) or (condition.part,)
    return [pair for part in parts for pair in _pairs(part)]


def test_every_trend_can_be_favoured_and_what_is_said_of_money_or_law_has_its_source():
    favoured = {form for line in advice_content().lines for form, n in line.weights.items() if n > 0}
    assert favoured == {*terms("modes"), *terms("trends")}
    for section in advice_content().sections.values():
        for row in section:
            if re.search(r"\d\s?%|million|article|Cerfa|reçu fiscal", row.text):
                assert row.source, row.id


def test_a_line_never_reads_what_the_short_path_asks_for_search_alone():
    read = {q for line in advice_content().lines for q in questions_of(line.when)}
    assert not read & {"besoin", "domaines", "lieu"}


@pytest.fixture
def changed(tmp_path, monkeypatch):
    """Reads the method with one file changed."""
    folder = tmp_path / "method"
    folder.mkdir()
    for name in ("questions.yaml", "advice.yaml", "deriving.yaml", "deriving.csv"):
        (folder / name).write_text((loading.ROOT / "method" / name).read_text("utf-8"), "utf-8")

    def read_text(name):
        return (tmp_path / name).read_text("utf-8")

    def clear():
        for cached in (bank, advice_content, deriving):
            cached.cache_clear()

    def with_change(name, old, new):
        text = (folder / name).read_text("utf-8").replace("\u00a0", " ")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")
        for module in (method_module, advice_module, deriving_module):
            monkeypatch.setattr(module, "read_yaml", lambda file: loading.read_yaml(file, tmp_path))
        monkeypatch.setattr(loading, "read_text", read_text)
        clear()
        bank(), advice_content(), deriving()

    yield with_change
    monkeypatch.undo()
    clear()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("questions.yaml", "stage: et-apres", "stage: jamais", "« jamais » n’est pas une étape"),
        ("questions.yaml", "kind: rag", "kind: couleur", "« couleur » n’est pas une sorte"),
        ("questions.yaml", "id: preuves", "id: besoin", "donnée deux fois"),
        ("questions.yaml", "avancement: lancee", "avancement: finie", "« finie » n’est pas une réponse"),
        ("questions.yaml", "{id: don-nature", "{id: don-argent", "deux réponses du même identifiant"),
        ("advice.yaml", "apport: don-argent}", "apport: don}", "« don » n’est pas une réponse"),
        ("advice.yaml", "mecenat: 5", "mecenas: 5", "« mecenas » n’est ni un mode ni une tendance"),
        ("advice.yaml", "mecenat: 5", "mecenat: 50", "un entier de 1 à 9"),
        ("advice.yaml", "{is: {mode: mecenat}}", "{is: {mode: don}}", "« don » n’est pas une réponse à « mode »"),
        ("advice.yaml", "id: contrat-de-parrainage", "id: contrat-de-mariage", "n’est pas dans method/agreements.yaml"),
        ("advice.yaml", "id: dialogue", "id: palabre", "« forms » ne connaît que"),
        ("advice.yaml", "{not: {is: {lien: parole}}}", "{sauf: {is: {lien: parole}}}", "un seul mot parmi"),
        ("deriving.yaml", "close: 10", "close:", "« close » manque"),
        ("deriving.csv", "apport:don-argent", "apport:don", "« apport:don » n’est pas une réponse de la banque"),
        ("deriving.csv", "fait,gives:", "fait,gift:", "n’est pas un fait"),
        ("deriving.csv", "mot,", "verbe,", "mot ou fait"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_method_says_file_line_and_cause(changed, name, old, new, said):
    with pytest.raises(ContentError) as refused:
        changed(name, old, new)
    assert said in str(refused.value).replace("\u00a0", " ")
    assert refused.value.file == f"method/{name}"
    assert refused.value.line or said.startswith("« forms")


def test_a_facilitator_changes_a_line_and_the_advice_follows(changed):
    from alliage.rules.advice import advise

    answers = {"apport": ("technique-transmise",), "reponse": ("a-monter",), "lien": ("convention",)}
    assert advise(answers).trends[0].id == "transfert-de-savoir-faire"
    changed("advice.yaml", "transfert-de-savoir-faire: 6", "sponsoring: 9")
    assert advise(answers).trends[0].id != "transfert-de-savoir-faire"
