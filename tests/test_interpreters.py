"""Several interpreters in one process: each has a module and settings of its own."""

from __future__ import annotations

import sys

import pytest
from conftest import Run

from esig import tosig

# NumPy itself loads once in a process, so the other interpreter gets what stands in for it.
LOAD = f"""
import array, importlib.util, sys, types
numpy = types.ModuleType("numpy")
numpy.empty = lambda size: array.array("d", bytes(8 * size))
sys.modules["numpy"] = numpy
spec = importlib.util.spec_from_file_location("esig.tosig", {tosig.__file__!r})
tosig = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tosig)
path = memoryview(array.array("d", [0, 0, 1, 2, 3, 1])).cast("B").cast("d", [3, 2])
assert list(tosig.stream2sig(path, 2)) == [1, 3, 1, 4.5, -1, 4, 0.5]
assert list(tosig.stream2logsig(path, 2)) == [3, 1, -2.5]
assert tosig.logsigkeys(2, 3) == " 1 2 [1,2] [1,[1,2]] [2,[1,2]]"
assert tosig.get_memory_limit() > 1000
tosig.set_memory_limit(1000)
"""

RUN = """
import sys
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    create = lambda: interpreters.create("legacy")
else:
    import _xxsubinterpreters as interpreters
    create = lambda: interpreters.create(isolated=False)
code = {code!r}
exec(code, {{}})
for _ in range(5):
    first, second = create(), create()
    for number in (first, second):
        failure = interpreters.run_string(number, code)
        assert failure is None, failure
    interpreters.destroy(first)
    interpreters.destroy(second)
exec(code, {{}})
"""


@pytest.mark.skipif(sys.version_info < (3, 10), reason="there is no module to make interpreters")
def test_each_interpreter_has_a_module_of_its_own(run_python: Run) -> None:
    run = RUN.format(code=LOAD)
    if sys.version_info < (3, 12):
        run = run.replace("create(isolated=False)", "create()")
    finished = run_python("-W", "ignore", "-c", run)
    assert finished.returncode == 0, finished.stderr
