"""``make bench``: every measurement, one after another, each as ratios within its own run."""

from __future__ import annotations

import runpy
import sys

BENCHES = {
    "tests.bench.content_pages": ["10000"],
    "tests.bench.large_town": [],
    "portal.cli": ["bench", "search", "--large", "20000"],
}

for module, arguments in BENCHES.items():
    print(f"== {module}")
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__")
