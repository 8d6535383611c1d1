"""A process that writes to an index until it is killed. It says each document it has been promised.

python -m tests.search.hand ENGINE FOLDER URL (put|rebuild|stop|full-put|full-rebuild) FROM

``stop`` begins a rebuild, says so, and waits in the middle of it to be killed.
``full-…``: the disk takes files of at most FROM bytes; says the code of what came of it.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from search.backends import open_index
from search.index import PUBLIC, Doc, IndexUnavailable, SearchIndex
from search.polish import analyser


def doc(number: int) -> Doc:
    """The document of a number; even numbers are replaced by the next odd one's visit."""
    return Doc(
        f"item:{number}", "item", f"Dokument numer {number}", "Treść wspólna wszystkim. " * 40,
        readers=frozenset({PUBLIC}), url=f"/{number}",
    )  # fmt: skip


def on_full_disk(index: SearchIndex, act: str, most: int) -> str:
    """The code of the failure of one change or of a rebuild where files may have ``most`` bytes."""
    index.put([doc(2)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        if act == "full-put":
            index.put([doc(n) for n in range(1000)])
        else:
            with index.rebuild() as rebuild:
                rebuild.fill(lambda: [doc(n) for n in range(1000)])
    except IndexUnavailable as problem:
        return problem.code
    return "written"


def main() -> None:
    engine, folder, url, act, begin = sys.argv[1:]
    index = open_index(engine, Path(folder), analyser(), database_url=url)
    number = int(begin)
    if act.startswith("full-"):
        print(on_full_disk(index, act, number))
        return
    print("ready", flush=True)
    while True:
        if act == "put":
            index.put([doc(number), doc(number + 1)])
            index.delete([f"item:{number}"])
            print(number + 1, flush=True)
            number += 2
        elif act == "stop":
            with index.rebuild() as rebuild:
                rebuild.fill(lambda: [doc(5)])
                print("begun", flush=True)
                sys.stdin.read()
        else:
            with index.rebuild() as rebuild:
                for start in range(0, 300, 50):
                    rebuild.fill(lambda start=start: [doc(n) for n in range(start, start + 50)])  # type: ignore[misc]
            print("built", flush=True)


if __name__ == "__main__":
    main()
