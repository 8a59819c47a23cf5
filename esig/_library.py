"""NumPy and the extension module, or one line that says what to do; and where the package is."""

import os
import sys

ESIG_PACKAGE_ROOT = os.path.dirname(os.path.abspath(__file__))


def _problem_of_numpy():
    """Why NumPy cannot be imported, and what to do; None if it can."""
    try:
        import numpy

        numpy.ndarray  # noqa: B018 a folder left behind by an old NumPy has none
    # A NumPy for another interpreter or system raises whatever it likes.
    except Exception as error:
        if str(error).replace("'", "") == "No module named numpy":
            return "esig needs NumPy, which is not installed: run `{0} -m pip install numpy`"
        return (
            "esig needs NumPy, but the one that is installed cannot be imported ("
            + _in_one_line(error)
            + "): run `{0} -m pip install --force-reinstall numpy`"
        )
    return None


def _problem_of_extension(error):
    """Why the extension module was not loaded, and what to do."""
    names = sorted(
        name
        for name in os.listdir(ESIG_PACKAGE_ROOT)
        if name.startswith("tosig.") and name.endswith((".so", ".pyd"))
    )
    is_checkout = os.path.exists(os.path.join(ESIG_PACKAGE_ROOT, "extension.json"))
    if not ("cannot import name" in str(error) and "tosig" in str(error)):
        what = "esig.tosig cannot be loaded (" + _in_one_line(error) + ")"
    elif names:
        what = "{0} has the extension of another interpreter, {1}".format(
            ESIG_PACKAGE_ROOT, ", ".join(names)
        )
    elif is_checkout:
        what = ESIG_PACKAGE_ROOT + " is a checkout, whose extension is not built"
    else:
        what = ESIG_PACKAGE_ROOT + " has no extension module"
    if is_checkout:
        return what + ": run `cargo xtask develop --interpreter {0}`, or start Python elsewhere"
    return what + ": run `{0} -m pip install --force-reinstall --no-deps esig`"


def _in_one_line(error):
    """The type of an error and the first line of its message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__] + lines[:1])


def _load():
    """The extension module.

    Raises:
        ImportError: of one line that says what is wrong and what to do.
    """
    problem = _problem_of_numpy()
    if problem is None:
        try:
            from esig import tosig
        except Exception as error:
            # What the extension itself refuses, it explains.
            problem = str(error) if "ESIG_SIMD" in str(error) else _problem_of_extension(error)
        else:
            return tosig
    # Outside of the handlers, for an error in an error would be printed too.
    raise ImportError(problem.replace("{0}", sys.executable or "python"))


tosig = _load()


def is_library_loaded():
    """True: without the extension module `esig.tosig`, importing esig is an ImportError.

    >>> import esig
    >>> esig.is_library_loaded()
    True
    """
    return True


def get_library_load_error():
    """None: what keeps the extension module from loading is told when esig is imported.

    >>> import esig
    >>> print(esig.get_library_load_error())
    None
    """
