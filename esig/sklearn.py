"""Signatures as a step of scikit-learn's pipelines. This module alone asks for scikit-learn."""

from __future__ import absolute_import

import math
import numbers
import re

import numpy
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

from esig._augmentations import AUGMENTATIONS, augment, cut
from esig._signatures import logsigkeys, sigkeys, stream2logsig, stream2sig

try:
    from sklearn.utils.validation import validate_data
except ImportError:  # before scikit-learn 1.6 it is a method

    def validate_data(estimator, data, **options):
        """Checks an array, and that its features are those of fit."""
        return estimator._validate_data(data, **options)


__all__ = ["SignatureTransformer"]


class SignatureTransformer(TransformerMixin, BaseEstimator):
    """Turns each time series into the signatures of its windows.

    Paths are augmented, cut into windows, and the signatures of these are the features (J. Morrill,
    A. Fermanian, P. Kidger, T. Lyons, A generalised signature method, 2020).

    Args:
        depth (int): the length of the longest words, at least 1.
        log (bool): log signatures in the Hall basis instead of signatures.
        augmentations: what is done to a path, in this order: names among "time" (a first channel
            that runs from 0 to 1), "basepoint" (a first point 0), "lead_lag" (each channel beside
            itself one point later) and "invisibility_reset" (a last channel that is 1, and two
            last points that take it and then all others to 0, so that the signature sees where
            the path was).
        window (str): "global", the whole path; "sliding", so many points; "expanding", the first
            so many points and ever more; "dyadic", the whole path, its halves, quarters, ..., which
            share the points that they meet in.
        window_length (int): points of a sliding window, or of the first expanding one.
        window_step (int): points from a window to the next; `window_length` if None.
        window_depth (int): how often dyadic windows are halved.
        scaling: None; "pre" multiplies paths by (depth!)**(1/depth), "post" the terms of each
            length k by k!: both bring long words to the size of short ones.
        n_jobs (int): threads, as for `esig.stream2sig`.

    The data are an array of shape (paths, length, width), or a list of arrays (length, width) that
    differ in length for windows that do not count points; or a table (paths, length) of paths of
    width 1, as scikit-learn has it.

    Attributes:
        width_ (int): the width of the paths before they are augmented.
        n_windows_ (int): how many windows each path is cut into.
        n_features_in_ (int): the columns of a table; only where fit was given one.

    >>> from esig.sklearn import SignatureTransformer
    >>> paths = [[[0.0, 0.0], [1.0, 2.0], [3.0, 1.0]]]
    >>> transformer = SignatureTransformer(depth=2, augmentations=())
    >>> transformer.fit_transform(paths).tolist()
    [[3.0, 1.0, 4.5, -1.0, 4.0, 0.5]]
    >>> transformer.get_feature_names_out().tolist()
    ['(1)', '(2)', '(1,1)', '(1,2)', '(2,1)', '(2,2)']
    """

    def __init__(
        self,
        depth=3,
        log=False,
        augmentations=("time",),
        window="global",
        window_length=None,
        window_step=None,
        window_depth=2,
        scaling=None,
        n_jobs=None,
    ):
        self.depth = depth
        self.log = log
        self.augmentations = augmentations
        self.window = window
        self.window_length = window_length
        self.window_step = window_step
        self.window_depth = window_depth
        self.scaling = scaling
        self.n_jobs = n_jobs

    def fit(self, X, y=None):  # noqa: N803
        """Remembers the width of the paths, and how many windows they have."""
        self._check_parameters()
        paths = self._read_paths(X, reset=True)
        self.width_ = paths[0].shape[1]
        self.n_windows_ = len(self._cut_augmented(paths[0]))
        if self.n_windows_ == 0:
            raise ValueError("the paths are shorter than a window")
        return self

    def transform(self, X):  # noqa: N803
        """The signatures of the windows of each path, a row for each.

        Returns:
            numpy.ndarray: float64 of shape (paths, windows * terms), without the term 1.
        """
        check_is_fitted(self, "width_")
        paths = self._read_paths(X, reset=False)
        if paths[0].shape[1] != self.width_:
            raise ValueError(
                "paths have width {0}, but fit had {1}".format(paths[0].shape[1], self.width_)
            )
        pieces = []
        for path in paths:
            windows = self._cut_augmented(path)
            if len(windows) != self.n_windows_:
                raise ValueError(
                    "a path of {0} points has {1} windows, but fit had {2}".format(
                        len(path), len(windows), self.n_windows_
                    )
                )
            pieces.extend(windows)
        return self._compute(pieces).reshape(len(paths), -1)

    def get_feature_names_out(self, input_features=None):
        """The keys of the terms, behind the number of their window if there are more."""
        check_is_fitted(self, "width_")
        keys = self._keys()
        if self.n_windows_ > 1:
            keys = ["{0}:{1}".format(i, key) for i in range(self.n_windows_) for key in keys]
        return numpy.array(keys, dtype=object)

    def _check_parameters(self):
        for name in self.augmentations:
            if name not in AUGMENTATIONS:
                raise ValueError("{0!r} does not name an augmentation".format(name))
        if self.window not in ("global", "sliding", "expanding", "dyadic"):
            raise ValueError("{0!r} does not name a window".format(self.window))
        if self.scaling not in (None, "pre", "post"):
            raise ValueError("{0!r} does not name a scaling".format(self.scaling))
        _check_count("depth", self.depth, 1)
        if self.window in ("sliding", "expanding"):
            _check_count("window_length", self.window_length, 1)
            _check_count("window_step", self._step(), 1)
        if self.window == "dyadic":
            _check_count("window_depth", self.window_depth, 0)

    def _step(self):
        return self.window_length if self.window_step is None else self.window_step

    def _read_paths(self, data, reset):
        """The data as a list of arrays of shape (length, width)."""
        if isinstance(data, (list, tuple)) and len(data) > 0 and numpy.ndim(data[0]) == 2:
            paths = [check_array(path, dtype=numpy.float64) for path in data]
            if len({path.shape[1] for path in paths}) > 1:
                raise ValueError("paths differ in width")
            return paths
        if len(getattr(data, "shape", ())) == 3:
            return list(check_array(data, dtype=numpy.float64, allow_nd=True))
        table = validate_data(self, data, reset=reset, dtype=numpy.float64)
        return list(table[:, :, None])

    def _cut_augmented(self, path):
        path = augment(path, self.augmentations)
        return cut(path, self.window, self.window_length, self._step(), self.window_depth)

    def _compute(self, windows):
        """A row for each window, with the scalings."""
        factorial = [float(math.factorial(k)) for k in range(self.depth + 1)]
        if self.scaling == "pre":
            factor = factorial[self.depth] ** (1.0 / self.depth)
            windows = [window * factor for window in windows]
        if self.log:
            rows = stream2logsig(windows, self.depth, n_jobs=self.n_jobs)
        else:
            rows = stream2sig(windows, self.depth, n_jobs=self.n_jobs)[:, 1:]
        if self.scaling == "post":
            lengths = [len(re.findall("[0-9]+", key)) for key in self._keys()]
            rows = rows * [factorial[length] for length in lengths]
        return rows

    def _keys(self):
        """The keys of what a window's row has."""
        width = augment(numpy.zeros((1, self.width_)), self.augmentations).shape[1]
        if self.log:
            return logsigkeys(width, self.depth).split()
        return sigkeys(width, self.depth).split()[1:]


def _check_count(name, value, least):
    if not isinstance(value, numbers.Integral):
        raise TypeError("{0} must be an integer, not {1!r}".format(name, value))
    if value < least:
        raise ValueError("{0} must be at least {1}, not {2}".format(name, least, value))
