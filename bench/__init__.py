"""Benchmarks: what Studio measures of itself, from the root of a checkout: ``python -m bench.NAME``.

They share interviews, small shows and made-up sounds with the tests (``tests/support``).
"""

import sys
from pathlib import Path

_TESTS = str(Path(__file__).parent.parent / "tests")
if _TESTS not in sys.path:
    sys.path.append(_TESTS)
