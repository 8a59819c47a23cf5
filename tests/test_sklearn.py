"""The transformer for scikit-learn: its features by definition, and scikit-learn's own checks."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy
import numpy_reference
import pytest
from numpy.typing import NDArray

import esig

pytest.importorskip("sklearn", reason="scikit-learn is not installed: `pip install scikit-learn`")

from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from esig.sklearn import SignatureTransformer

Array = NDArray[Any]


@parametrize_with_checks(  # type: ignore[untyped-decorator, misc, unused-ignore]
    [
        SignatureTransformer(),
        SignatureTransformer(depth=2, log=True, window="dyadic", scaling="post"),
        SignatureTransformer(2, augmentations=("basepoint", "lead_lag"), scaling="pre"),
    ]
)
def test_scikit_learn_checks_it(estimator: Any, check: Any) -> None:
    check(estimator)


def augmented(path: list[list[float]], names: tuple[str, ...]) -> list[list[float]]:
    """The augmentations point by point, from their definitions."""
    for name in names:
        width, last = len(path[0]), len(path) - 1
        if name == "time":
            path = [[i / max(last, 1), *point] for i, point in enumerate(path)]
        elif name == "basepoint":
            path = [[0.0] * width, *path]
        elif name == "lead_lag":
            steps = [(0, 0)] + [(i + 1, i + d) for i in range(last) for d in (0, 1)]
            path = [[*path[lead], *path[lag]] for lead, lag in steps]
        else:
            path = [*([*point, 1.0] for point in path), [*path[-1], 0.0], [0.0] * (width + 1)]
    return path


def windows(path: list[list[float]], options: dict[str, Any]) -> list[list[list[float]]]:
    kind, length, step = options["window"], options["window_length"], options["window_step"]
    size = len(path)
    if kind == "global":
        return [path]
    if kind == "sliding":
        return [path[i : i + length] for i in range(size) if i % step == 0 and i + length <= size]
    if kind == "expanding":
        return [path[:i] for i in range(length, size + 1) if (i - length) % step == 0]
    bounds = [(0, size - 1)]
    if options["window_depth"] > 0:
        middle = (size - 1) // 2
        bounds += [(0, middle), (middle, size - 1)]
    return [path[begin : end + 1] for begin, end in bounds]


def features(path: Array, options: dict[str, Any]) -> list[float]:
    """A row of the result, from the definitions, in plain NumPy."""
    depth, result = options["depth"], []
    for window in windows(augmented(path.tolist(), options["augmentations"]), options):
        points = numpy.array(window)
        if options["scaling"] == "pre":
            points = points * math.factorial(depth) ** (1 / depth)
        if options["log"]:
            values = numpy_reference.log_signature(points, depth)
            keys = esig.logsigkeys(points.shape[1], depth).split()
        else:
            values = numpy_reference.signature(points, depth)[1:]
            keys = esig.sigkeys(points.shape[1], depth).split()[1:]
        for key, value in zip(keys, values, strict=True):
            letters = key.count(",") + 1
            result.append(value * (math.factorial(letters) if options["scaling"] == "post" else 1))
    return result


@pytest.mark.parametrize("seed", range(20))
def test_random_configurations_agree_with_the_definitions(seed: int) -> None:
    random = numpy.random.default_rng(seed)
    names = ["time", "basepoint", "lead_lag", "invisibility_reset"]
    options: dict[str, Any] = {
        "depth": int(random.integers(1, 4)),
        "log": bool(random.integers(2)),
        "augmentations": tuple(random.permutation(names)[: random.integers(3)].tolist()),
        "window": ["global", "sliding", "expanding", "dyadic"][seed % 4],
        "window_length": int(random.integers(2, 5)),
        "window_step": int(random.integers(1, 4)),
        "window_depth": int(random.integers(2)),
        "scaling": [None, "pre", "post"][seed % 3],
    }
    paths = random.normal(size=(3, 7, int(random.integers(1, 3))))
    transformer = SignatureTransformer(**options)
    actual = transformer.fit_transform(paths)
    expected = [features(path, options) for path in paths]
    numpy.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)
    assert len(transformer.get_feature_names_out()) == actual.shape[1]


def test_paths_of_different_lengths_are_a_list() -> None:
    random = numpy.random.default_rng(0)
    paths = [random.normal(size=(length, 2)) for length in (3, 8, 5)]
    for window in ("global", "dyadic"):
        transformer = SignatureTransformer(2, window=window)
        together = transformer.fit_transform(paths)
        alone = [transformer.transform([path])[0] for path in paths]
        numpy.testing.assert_array_equal(together, alone)
    with pytest.raises(ValueError, match="a path of 8 points has 4 windows, but fit had 1"):
        SignatureTransformer(2, window="sliding", window_length=2).fit_transform(paths)


def test_a_table_is_of_paths_of_width_1() -> None:
    table = numpy.random.default_rng(1).normal(size=(4, 9))
    for transformer in (SignatureTransformer(), SignatureTransformer(log=True)):
        expected = clone(transformer).fit_transform(table[:, :, None])
        numpy.testing.assert_array_equal(transformer.fit_transform(table), expected)


def test_features_are_named_by_window_and_key() -> None:
    paths = numpy.zeros((1, 5, 1))
    one = SignatureTransformer(2).fit(paths)
    assert one.get_feature_names_out().tolist() == esig.sigkeys(2, 2).split()[1:]
    three = SignatureTransformer(2, log=True, window="dyadic", window_depth=1).fit(paths)
    assert three.get_feature_names_out().tolist()[:4] == ["0:1", "0:2", "0:[1,2]", "1:1"]


def test_it_is_a_step_of_a_pipeline_and_survives_pickling() -> None:
    random = numpy.random.default_rng(2)
    turns = numpy.linspace(0.0, 6.0, 30) * numpy.where(numpy.arange(60) % 2, 1, -1)[:, None]
    circles = numpy.stack([numpy.cos(turns), numpy.sin(turns)], axis=2)
    circles += 0.05 * random.normal(size=circles.shape)
    labels = numpy.arange(60) % 2
    model = make_pipeline(SignatureTransformer(2), LogisticRegression())
    model.fit(circles[:40], labels[:40])
    assert model.score(circles[40:], labels[40:]) == 1.0
    again = pickle.loads(pickle.dumps(model))
    numpy.testing.assert_array_equal(again.predict(circles), model.predict(circles))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"depth": 0}, "depth must be at least 1"),
        ({"window": "half"}, "'half' does not name a window"),
        ({"window": "sliding", "window_length": 0}, "window_length must be at least 1"),
        ({"window": "sliding", "window_length": 99}, "the paths are shorter than a window"),
        ({"augmentations": ("space",)}, "'space' does not name an augmentation"),
        ({"scaling": "max"}, "'max' does not name a scaling"),
    ],
)
def test_wrong_parameters_are_told_when_it_is_fitted(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SignatureTransformer(**options).fit(numpy.zeros((2, 5, 1)))


def test_other_mistakes_are_told_too() -> None:
    paths = numpy.zeros((2, 5, 3))
    with pytest.raises(TypeError, match="window_length must be an integer, not None"):
        SignatureTransformer(window="expanding").fit(paths)
    with pytest.raises(NotFittedError):
        SignatureTransformer().transform(paths)
    with pytest.raises(ValueError, match="paths have width 2, but fit had 3"):
        SignatureTransformer().fit(paths).transform(paths[:, :, :2])
    with pytest.raises(ValueError, match="paths differ in width"):
        SignatureTransformer().fit([paths[0], paths[0, :, :2]])
    with pytest.raises(ValueError, match="NaN"):
        SignatureTransformer().fit(paths * numpy.nan)
