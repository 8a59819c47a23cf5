"""The reduction of a measure to few points: arguments are converted here, computed below."""

import numpy

from esig._library import tosig

NO_RECOMBINE = False


def recombine(ensemble, selector=None, weights=None, degree=1):
    """Reduces a measure to few of its points, keeping its moments up to a degree.

    The rows of `ensemble` that are selected carry masses. These are moved onto few of the rows so
    that the integral of every polynomial up to the degree, hence also the total mass, stays what
    it was: the measure is cut into groups, the groups' means are reduced by Caratheodory's
    theorem, and what is left is cut again (C. Litterer and T. Lyons, 2012; M. Tchernychova, 2015).

    Args:
        ensemble: array of shape (points, dimension), one row for each point, real and finite.
        selector: indexes of the rows that carry mass, of any order and with repetitions; all rows
            if None.
        weights: the masses of the selected rows, none negative; all 1 if None.
        degree (int): the largest degree of the moments to keep, at least 1.

    Returns:
        tuple: two vectors, positions (int64) and weights (float64). Positions count within the
        selector, ascending; weights are strictly positive. There are at most C(dimension + degree,
        degree), and at most one more than the dimension of the space that the points span, for
        degree 1. The same arguments give the same result.

    Raises:
        ValueError: if the ensemble is not two-dimensional or empty, the selector or the weights
            are not vectors of the same length, there is a negative or non-finite number among the
            weights or their sum is 0, the data are not finite, or the degree is below 1.
        IndexError: if the selector points outside of the ensemble.
        TypeError, OverflowError: if the degree is not an integer, or no machine integer.
        RuntimeError: if the computation would take more memory than `get_memory_limit()`.

    >>> import esig
    >>> positions, weights = esig.recombine([[0.0], [1.0], [2.0], [3.0], [4.0]])
    >>> len(positions), float(weights.sum()), round(float(positions.dot(weights)), 9)
    (2, 5.0, 10.0)
    """
    ensemble = _as_array(ensemble, 2, "data is badly formed")
    if selector is not None:
        selector = numpy.asarray(selector)
        if selector.ndim != 1 or selector.dtype.kind not in "iu":
            raise ValueError("source locations badly formed")
        selector = numpy.ascontiguousarray(selector, dtype=numpy.int64)
    if weights is not None:
        weights = _as_array(weights, 1, "source weights badly formed")
    return tosig.recombine(ensemble, selector, weights, degree)


def _as_array(values, dimensions, error):
    """The values as a contiguous array of float64; ValueError if they are not real numbers."""
    values = numpy.asarray(values)
    if values.ndim != dimensions or values.dtype.kind not in "biuf":
        raise ValueError(error)
    return numpy.ascontiguousarray(values, dtype=numpy.float64)
