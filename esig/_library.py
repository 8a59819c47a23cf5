"""The extension module, or the reason why it could not be loaded; and where the package is."""

import os

ESIG_PACKAGE_ROOT = os.path.dirname(os.path.abspath(__file__))


class _MissingLibrary(object):
    """Stands in for the extension module: whatever is asked of it fails with the reason."""

    def __init__(self, reason):
        self._reason = reason

    def __getattr__(self, name):
        raise ImportError("esig.tosig could not be loaded: " + self._reason)


def _load():
    try:
        from esig import tosig
    # Whatever goes wrong in there, `import esig` works and can be asked what it was.
    except Exception as error:
        reason = "{0}: {1}".format(type(error).__name__, error)
        return _MissingLibrary(reason), reason
    return tosig, None


tosig, _load_error = _load()


def is_library_loaded():
    """True if the extension module `esig.tosig` could be loaded.

    >>> import esig
    >>> esig.is_library_loaded()
    True
    """
    return _load_error is None


def get_library_load_error():
    """Why the extension module could not be loaded, as a string; None if it was.

    >>> import esig
    >>> print(esig.get_library_load_error())
    None
    """
    return _load_error
