"""``python -m eoffice.sandbox --port 8091 --data DIR --host 127.0.0.1``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from eoffice.sandbox.server import serve


def main() -> int:
    """Run the sandbox until it is told to stop; 1 when it cannot listen."""
    parser = argparse.ArgumentParser(prog="eoffice.sandbox", description="ePUAP sandbox")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, default=Path("var/sandbox"))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        serve(options.data, options.host, options.port)
    except OSError as cause:
        sys.stderr.write(f"sandbox: cannot listen on {options.host}:{options.port}: {cause.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
