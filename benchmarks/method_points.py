"""Makes deriving.csv anew: one logistic regression a question, from words and facts to the answers a trend supposes.

Run: `.venv/bin/python -m benchmarks.method_points` where numpy and scipy are installed (nothing else of Alliage needs
them). It reads the records that may be tuned on (never the unseen half of `benchmarks.method`) and method_tuning.yaml.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any  # matrices; numpy is not installed where types are checked

import numpy as np  # type: ignore[import-not-found]
import Stemmer
import yaml
from scipy.optimize import minimize  # type: ignore[import-not-found]

from alliage.rules.deriving import LONG_WORD, facts_of, words_of
from alliage.vocabulary.deriving import deriving
from alliage.vocabulary.loading import ROOT, read_text
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import key
from benchmarks.method import is_unseen, records

TUNING = Path(__file__).parent / "method_tuning.yaml"
OUT = Path(__file__).parents[1] / "alliage" / "content" / "method" / "deriving.csv"
SCALE = 20  # points for one unit of log-odds
FITS = 6  # the points are the mean of fits on the whole and on parts of it
PART, SEED, ROUNDS = 0.85, 7, 45
SENTENCE_WEIGHTS, FACT_WEIGHTS = (0.5, 0.3, 0.8), (1.0, 1.3)
OUR_WORDS, RAREST, SHRINK = 1.3, 3.2, 0.35
FEWEST_RECORDS, FEWEST_STEMS, FEWEST_WORDS = 6, 4, 3
SHORT = 5  # a single word this short is read whole


def _stands(word: str, text: str) -> bool:
    if word.endswith("*"):
        return f" {word[:-1]}" in text
    return any(f" {word}{end} " in text for end in ("", "s", "x"))


class Material:
    """Texts and facts to tune on: words and facts as columns, records first, then our sentences."""

    def __init__(self, tuning: dict[str, Any]) -> None:
        told = [r for r in records() if not is_unseen(r) and r.get("trend")]
        sentences = [(t, key(s)) for t, group in tuning["sentences"].items() for s in group]
        texts = [words_of(r) for r in told] + [s for _, s in sentences]
        self.trends = [r["trend"] for r in told] + [t for t, _ in sentences]
        self.records = len(told)
        facts = [facts_of(r) - {"always"} for r in told]
        counted = Counter(f for found in facts for f in found)
        self.facts = sorted(f for f, n in counted.items() if n >= FEWEST_RECORDS)
        given = np.array([[f in found for f in self.facts] for found in facts], float)
        self.given = np.vstack([given, np.tile(given.mean(0), (len(sentences), 1))])
        self._read(texts, tuning)

    def _read(self, texts: list[str], tuning: dict[str, Any]) -> None:
        ours = {key(str(w)) for group in tuning["words"].values() for ws in group.values() for w in ws}
        ours = {w if " " not in w and len(w) <= SHORT else f"{w}*" for w in ours}
        words = sorted(ours) + [w for w in _stems(texts, tuning) if w not in ours]
        stands = np.array([[_stands(w, f" {t} ") for w in words] for t in texts], float)
        often = stands.sum(0)
        kept = often >= FEWEST_WORDS
        self.words = [w for w, k in zip(words, kept, strict=True) if k]
        length = np.array([len({w for w in t.split() if len(w) >= LONG_WORD}) for t in texts])[:, None]
        content = deriving()
        self.stands = stands[:, kept] * np.sqrt(content.usual / np.maximum(length, content.fewest))
        rare = np.minimum(np.log(len(texts) / often[kept]), RAREST) / RAREST
        self.gain = rare * np.array([OUR_WORDS if w in ours else 1.0 for w in self.words])


def _stems(texts: list[str], tuning: dict[str, Any]) -> list[str]:
    stem = Stemmer.Stemmer("french").stemWord
    aside = {key(line).split()[-1] for line in read_text("stopwords.yaml").splitlines() if key(line)}
    aside |= set(tuning["set_aside"])
    aside |= {stem(w) for w in aside}
    counted = Counter(
        s for t in texts for s in {stem(w) for w in t.split() if len(w) >= LONG_WORD and not w[0].isdigit()}
    )
    return [f"{s}*" for s, n in counted.items() if n >= FEWEST_STEMS and s not in aside and len(s) >= LONG_WORD]


def _softmax(scores: Any) -> Any:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def fit(material: Material, wanted: Any, likes: Any, rows: Any, sentence: float, fact: float) -> tuple[Any, Any, Any]:
    """Weights of words, of facts, and the start of each option. `likes` (options × modes): options of one mode share a
    part of their weights, so that few texts are enough."""
    columns = np.hstack([material.stands * material.gain, fact * material.given])[rows] * SHRINK
    target = wanted[rows]
    options, width, modes = wanted.shape[1], columns.shape[1], likes.shape[1]
    weight = (target / np.maximum(target.sum(0), 1)).sum(1)
    weight = (weight / weight.mean()) ** 0.7 * np.where(rows < material.records, 1, sentence)

    def loss(flat: Any) -> tuple[float, Any]:
        own, shared = (
            flat[: options * width].reshape(options, width),
            flat[options * width : -options].reshape(modes, width),
        )
        chance = _softmax(columns @ (own + likes @ shared).T + flat[-options:])
        error = weight[:, None] * (chance * target.sum(1, keepdims=True) - target)
        slope = error.T @ columns
        cost = -(weight[:, None] * target * np.log(chance + 1e-12)).sum() + ((own**2).sum() + (shared**2).sum()) / 2
        return cost, np.concatenate([(slope + own).ravel(), (likes.T @ slope + shared).ravel(), error.sum(0)])

    found = minimize(loss, np.zeros((options + modes) * width + options), jac=True, method="L-BFGS-B",
                     options={"maxiter": ROUNDS}).x  # fmt: skip
    both = found[: options * width].reshape(options, width)
    both = both + likes @ found[options * width : -options].reshape(modes, width)
    both = (both - both.mean(0)) * SHRINK
    cut = len(material.words)
    return both[:, :cut] * material.gain, both[:, cut:] * fact, found[-options:]


def main() -> None:
    """Fits every question and writes the table."""
    tuning = yaml.safe_load(TUNING.read_text("utf-8"))
    material = Material(tuning)
    random, modes = np.random.default_rng(SEED), list(terms("modes"))
    columns: list[str] = []
    found: list[Any] = []
    everything = np.arange(len(material.trends))
    for question, words in tuning["words"].items():
        options = list(words)
        wanted = np.array(
            [[tuning["supposed"][t][question].get(o, 0) for o in options] for t in material.trends], float
        )
        likes = np.array([[tuning["likes"].get(question, {}).get(o) == m for m in modes] for o in options], float)
        fits = []
        for turn in range(FITS):
            chosen = random.choice(material.records, int(PART * material.records), replace=False)
            rows = np.concatenate([np.sort(chosen), everything[material.records :]]) if turn else everything
            fits.append(fit(material, wanted, likes, rows, SENTENCE_WEIGHTS[turn % 3], FACT_WEIGHTS[turn % 2]))
        found.append([np.mean([f[i] for f in fits], axis=0) for i in range(3)])
        columns += [f"{question}:{option}" for option in options]
    points = [np.round(np.concatenate([f[i] for f in found]) * SCALE).astype(int) for i in range(3)]
    rows = [("fait", "always", points[2])]
    rows += [("fait", f, points[1][:, n]) for n, f in enumerate(material.facts)]
    rows += sorted((("mot", w, points[0][:, n]) for n, w in enumerate(material.words)), key=lambda row: row[1])
    with OUT.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["sorte", "indice", *columns])
        table.writerows([kind, text, *(n or "" for n in given)] for kind, text, given in rows if given.any())
    print(f"{len(rows)} lignes de {ROOT / 'method' / 'deriving.csv'}")


if __name__ == "__main__":
    main()
