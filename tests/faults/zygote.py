"""Makes worker processes to be killed: ``python -m tests.faults.zygote CONFIG``.

Everything is imported once and each worker is forked, so that two hundred deaths take a minute. It holds no
connection and no lock itself. One JSON command per line: ``{"spawn": [topic, point]}``, then ``{"wait": seconds}``:
the worker's death is awaited so long, then brought about by SIGKILL; the answer tells who did it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys

from eoffice.channels.epuap.envelopes import shipped
from tests.faults.station import Config, Target, work

CONFIRM = {"podmiot": "x", "nazwaSkrytki": "x", "adresSkrytki": "x", "skrot": "x"}


def main() -> None:
    config, envelopes = Config.from_json(sys.argv[1]), shipped()
    envelopes.build("pull", "potwierdzOdebranie", CONFIRM, {})
    child = 0
    for line in sys.stdin:
        command = json.loads(line)
        if "spawn" in command:
            child = os.fork()
            if child == 0:
                os.close(0)
                os.dup2(2, 1)  # what the worker logs is not an answer
                work(config, envelopes, Target(*command["spawn"]))
                os._exit(1)
            _tell({"pid": child})
        else:
            _tell(_reap(child, command["wait"]))


def _reap(child: int, seconds: float) -> dict[str, object]:
    """Wait for a worker's own death at its point, else kill it."""
    handle = os.pidfd_open(child)
    readable, _, _ = select.select([handle], [], [], seconds)
    os.close(handle)
    if not readable:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "itself": bool(readable)}


def _tell(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
