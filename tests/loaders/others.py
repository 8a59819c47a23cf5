"""Uses extension modules of others, whose code for macOS was rewritten as ELF libraries.

It fails if one of them cannot be imported, or computes something else than it would on macOS.
"""

import bitarray
import markupsafe._speedups
import simplejson
import simplejson._speedups
import wrapt
import xxhash

assert bitarray.test(verbosity=0).wasSuccessful()
assert str(markupsafe._speedups._escape_inner("<a & b>")) == "&lt;a &amp; b&gt;"
encoded = simplejson.dumps({"a": [1.5, "é", None]}, cls=simplejson.JSONEncoder)
assert encoded == '{"a": [1.5, "\\u00e9", null]}'
assert simplejson._speedups.make_scanner(simplejson.JSONDecoder())("[2.5]", 0) == ([2.5], 5)
assert len(wrapt.ObjectProxy([1, 2])) == 2
assert xxhash.xxh64(b"abc", seed=1).hexdigest() == "bea9ca8199328908"
print("5 packages of others work")
