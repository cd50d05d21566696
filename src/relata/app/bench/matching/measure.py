"""The figures of `relata bench --matching DIR`: learned without labels; where the line is drawn, tuned on one part of
the entities and reported on the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from relata.app.bench.figures import Figure, Report
from relata.app.bench.matching.quality import Quality, quality
from relata.app.bench.matching.sets import LabelledSet, labelled_sets
from relata.app.bench.matching.shapes import Shape
from relata.engine.matching.candidates import Pair, candidates, drawn
from relata.engine.matching.clusters import clusters
from relata.engine.matching.features import Prepared, prepare
from relata.engine.matching.model import learn_from
from relata.engine.matching.scoring import Scorer

#: What is promised, by a word in the name of the set.
_PROMISED = {"dataset1": 0.995, "dataset2": 0.995, "restaurant": 0.97}
_LINES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0)


@dataclass(frozen=True, slots=True)
class Matched:
    """A set with the scores of its candidates, in bits."""

    labelled: LabelledSet
    records: list[Prepared]
    scorer: Scorer
    scores: dict[Pair, float]
    seconds: float

    def groups(self, line: float = 0.0) -> list[list[int]]:
        """Who is who, as far as the scores say."""

        def score(one: int, other: int) -> float:
            return self.scorer.score(self.records[one], self.records[other])

        return clusters(self.scores, score, threshold=line)


def matched(labelled: LabelledSet) -> Matched:
    """Compare a set as the product compares its own records."""
    began = perf_counter()
    shape = Shape(labelled.columns, labelled.rows, labelled.aside)
    records = [prepare(shape.features, shape.texts(row)) for row in labelled.rows]
    pairs = candidates(shape.features, records)
    scorer = Scorer(shape.features, learn_from(shape.features, records, pairs, drawn(len(records))))
    scores = {(one, other): scorer.score(records[one], records[other]) for one, other in pairs}
    return Matched(labelled, records, scorer, scores, perf_counter() - began)


def measure_matching(folder: Path, command: str) -> Report:
    """All sets of the folder."""
    report = Report("matching", command)
    for labelled in labelled_sets(folder):
        report.figures += _figures(matched(labelled))
    return report


def _figures(found: Matched) -> list[Figure]:
    name, truth = found.labelled.name, found.labelled.truth
    tuned_on = {entity for entity in truth if hashlib.sha256(entity.encode()).digest()[0] % 2}
    line = max(_LINES, key=lambda each: (quality(truth, found.groups(each), tuned_on).f1, -abs(each)))
    target = next((value for word, value in _PROMISED.items() if word in name), None)
    whole = quality(truth, found.groups())
    held_out = quality(truth, found.groups(line), set(truth) - tuned_on)
    print_name = f"{name}: {len(truth):,} records"
    figures = _of(f"{print_name}, as it is (line 0 bits)", whole, target)
    figures += _of(f"{name}: the other part, line {line:+.0f} bits tuned on one", held_out, target)
    figures.append(Figure(f"{name}: {len(found.scores):,} candidates compared", found.seconds, "s"))
    return figures


def _of(name: str, measured: Quality, target: float | None) -> list[Figure]:
    shares = (
        ("precision", measured.precision), ("recall", measured.recall), ("F1", measured.f1),
        ("cluster F1", measured.cluster_f1),
    )  # fmt: skip
    return [
        Figure(
            f"{name}: {what}", round(share * 100, 2), "%",
            target=f"at least {target:.1%}" if target is not None and what == "F1" else "",
            is_met=share >= target if target is not None and what == "F1" else None,
        )
        for what, share in shares
    ]  # fmt: skip
