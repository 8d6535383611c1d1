"""A folder of index generations, shared by processes: many read the current one, one at a time writes.

``CURRENT`` names the generation that answers, ``NEXT`` the one being filled by a rebuild; both change by
atomic renaming. Writers queue on a file lock the kernel releases when a process dies, and write to both
generations, so nothing that happens during a rebuild is lost when it takes over.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from search.index import IndexUnavailable

LAYOUT = 3
"""Raised when the stored fields change; part of an index's fingerprint."""
_NAME = re.compile(r"g-\d+-[0-9a-f]+")
PATIENCE = 120.0
"""Seconds a writer waits for its turn."""
_PROBE = 1_000_000
"""Bytes: about what a change needs."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
_NATIVE = re.compile(r"\bos error (\d+)|\bcode: (\d+), kind\b")
"""How Rust tells the number of an error of the system."""


def complaint(cause: BaseException) -> str:
    """The code of what a failed write means: ``search.full`` where the disk took no more, else ``search.damaged``.

    A full disk leaves what was written before whole; building anew would only need more of it.
    """
    seen: BaseException | None = cause
    while seen is not None:
        native = _NATIVE.search(str(seen))
        if (isinstance(seen, OSError) and seen.errno in _FULL) or (native and int(native[1] or native[2]) in _FULL):
            return "search.full"
        seen = seen.__cause__ or seen.__context__
    return "search.damaged"


class Folder:
    """The generations under one root."""

    def __init__(self, root: Path, fingerprint: str) -> None:
        self.root = root
        self.fingerprint = f"layout-{LAYOUT}:{fingerprint}"
        self._pointer = str(root / "CURRENT")
        self._known: tuple[tuple[int, int], Path] | None = None
        self._turn = threading.RLock()
        self._depth = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold off all other writers of all processes. Re-entrant within a thread."""
        if not self._turn.acquire(timeout=PATIENCE):
            raise IndexUnavailable("another thread is writing", code="search.busy")
        try:
            if self._depth:
                yield
                return
            with self._file_lock():
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
        finally:
            self._turn.release()

    @contextmanager
    def _file_lock(self) -> Iterator[None]:
        with self._lock_file("lock") as file:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise IndexUnavailable("another process is writing", code="search.busy") from None
                    time.sleep(0.02)
            yield

    def _lock_file(self, name: str) -> IO[str]:
        """Raises ``IndexUnavailable`` where nothing can be made: a full disk, somebody else's folder."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            return (self.root / name).open("w")
        except OSError as cause:
            raise IndexUnavailable(f"{name} cannot be made: {cause}", code=complaint(cause)) from cause

    def _named(self, pointer: str) -> str:
        """The generation a pointer names; empty when there is no pointer. Raises ``IndexUnavailable``."""
        try:
            name = (self.root / pointer).read_bytes().decode("ascii", "replace").strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError as cause:
            raise IndexUnavailable(f"{pointer} is not readable: {cause}", code="search.damaged") from cause
        if not _NAME.fullmatch(name):
            raise IndexUnavailable(f"{pointer} names no generation", code="search.damaged")
        return name

    def _kept(self) -> set[str]:
        """The generations that pointers name; a pointer that cannot be read keeps nothing."""
        kept = set()
        for pointer in ("CURRENT", "NEXT"):
            with suppress(IndexUnavailable):
                kept.add(self._named(pointer))
        return kept

    def current(self) -> Path:
        """The generation that answers. Raises ``IndexUnavailable`` (missing, damaged, outdated)."""
        try:
            status = os.stat(self._pointer)  # noqa: PTH116 - asked at every question
        except OSError:
            raise IndexUnavailable(f"there is no index in {self.root}", code="search.missing") from None
        stamp = status.st_mtime_ns, status.st_ino
        if self._known is None or self._known[0] != stamp:
            path = self.root / self._named("CURRENT")
            self.verify(path)
            self._known = stamp, path
        return self._known[1]

    def forget(self) -> None:
        """Look at the generation that answers anew at the next question."""
        self._known = None

    def verify(self, path: Path) -> None:
        """Raises ``IndexUnavailable`` when a generation is gone, has no manifest or was made by another analyser."""
        if not path.is_dir():
            raise IndexUnavailable(f"{path.name} is gone", code="search.missing")
        try:
            made_by = json.loads((path / "manifest.json").read_text("utf-8"))["fingerprint"]
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise IndexUnavailable(f"{path.name} has no readable manifest", code="search.damaged") from cause
        if made_by != self.fingerprint:
            raise IndexUnavailable(f"made by {made_by}, now {self.fingerprint}", code="search.outdated")

    def targets(self) -> list[Path]:
        """Where a change must be written: the current generation, and the one being filled. Asked while writing."""
        self._forget_dead()
        paths = []
        following = self._named("NEXT")
        try:
            paths.append(self.current())
        except IndexUnavailable:
            if not following:
                raise
        if following and (self.root / following).is_dir():
            paths.append(self.root / following)
        return paths

    def each_target(self, write: Callable[[Path], None]) -> None:
        """Write a change to all targets. A new generation that takes it no more is thrown away, so that its rebuild
        begins again: what happens to it must not keep the one that answers from being in step."""
        for path in self.targets():
            try:
                self.verify(path)
                write(path)
            except IndexUnavailable:
                if self._named("NEXT") != path.name:
                    raise
                self.abandon(path)

    @contextmanager
    def room(self) -> Iterator[None]:
        """Tell a write that failed for want of room, which native code may hide, from a damaged index."""
        try:
            yield
        except IndexUnavailable as problem:
            if problem.code == "search.damaged" and self._takes_nothing():
                raise IndexUnavailable(problem.reason, code="search.full") from problem
            raise

    def _takes_nothing(self) -> bool:
        probe = self.root / "probe"
        try:
            probe.write_bytes(bytes(_PROBE))
        except OSError as cause:
            return complaint(cause) == "search.full"
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
        return False

    def _forget_dead(self) -> None:
        """Throw away the generation of a rebuild that died: it may lack anything, and nobody will finish it."""
        if not (self.root / "NEXT").exists():
            return
        with suppress(IndexUnavailable), self.rebuilding():
            (self.root / "NEXT").unlink(missing_ok=True)
            self._sweep()

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Only one rebuild at a time, of all processes; the lock of one that died is free."""
        with self._lock_file("rebuild.lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise IndexUnavailable("a rebuild is running", code="search.busy") from None
            yield

    def built_at(self) -> datetime | None:
        """When the current generation was begun."""
        try:
            seconds = json.loads((self.current() / "manifest.json").read_text("utf-8"))["begun"]
        except (KeyError, OSError, ValueError):
            return None
        return datetime.fromtimestamp(seconds, UTC)

    def begin(self, make: Callable[[str], object]) -> Path:
        """A new generation beside the old one; ``make`` puts an empty index into its folder before it is named.

        One left by a rebuild that died is thrown away.
        """
        name = f"g-{int(time.time())}-{uuid.uuid4().hex[:6]}"
        path = self.root / name
        try:
            path.mkdir(parents=True)
            manifest = {"fingerprint": self.fingerprint, "begun": time.time()}
            (path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
            make(str(path))
            self._point("NEXT", name)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        self._sweep()
        return path

    def take_over(self, path: Path) -> None:
        """Let ``path`` answer from now on; the old generation goes (open files of readers stay readable)."""
        if self._named("NEXT") != path.name:
            raise IndexUnavailable("another rebuild began meanwhile", code="search.busy")
        self._point("CURRENT", path.name)
        (self.root / "NEXT").unlink(missing_ok=True)
        self._sweep()

    def abandon(self, path: Path) -> None:
        """Throw an unfinished generation away."""
        if self._named("NEXT") == path.name:
            (self.root / "NEXT").unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)

    def _point(self, pointer: str, name: str) -> None:
        fresh = self.root / f"{pointer}.new"
        with fresh.open("w", encoding="ascii") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.root / pointer)

    def _sweep(self) -> None:
        kept = self._kept()
        for path in self.root.glob("g-*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
