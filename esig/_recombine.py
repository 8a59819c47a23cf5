"""The reduction of a measure to few points: not in this version, and it says so."""

from esig._library import tosig

NO_RECOMBINE = True


def recombine(ensemble, selector=None, weights=None, degree=1):
    """Reduces a measure to few of its points, keeping its moments up to a degree.

    This version is built without it, as `esig.NO_RECOMBINE` tells.

    Args:
        ensemble: array of shape (points, dimension), float64.
        selector: indexes of the rows to use; all of them if None.
        weights: their weights; all 1 if None.
        degree (int): the degree of the moments to keep.

    Raises:
        NotImplementedError: always.

    >>> import esig
    >>> esig.recombine([[0.0], [1.0], [2.0]])
    Traceback (most recent call last):
        ...
    NotImplementedError: esig was built without recombine
    """
    return tosig.recombine(ensemble, selector, weights, degree)
