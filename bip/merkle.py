"""Merkle trees as RFC 6962 §2.1 hashes them: roots, inclusion proofs, consistency proofs, and their checks.

Pure functions over leaf hashes; nothing here knows a database. The checks follow RFC 9162 §2.1.3.2 and
§2.1.4.2 and need only what an outsider holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""The hash of the whole subtree ``number`` of ``2**level`` leaves: ``node(level, number)``."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256 over 0x00 and the data."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over 0x01 and both sides."""
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (``size`` > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in time linear to their number."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


class Range:
    """The root of leaves that come one by one, holding no more hashes than the logarithm of their number."""

    def __init__(self) -> None:
        self._whole: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> None:
        """Add the next leaf hash."""
        level, made = 0, leaf
        while self._whole and self._whole[-1][0] == level:
            made = node_hash(self._whole.pop()[1], made)
            level += 1
        self._whole.append((level, made))

    def root(self) -> bytes:
        """The root of what was added so far."""
        if not self._whole:
            return EMPTY_ROOT
        result = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            result = node_hash(left, result)
        return result


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index``: what the root is computed from besides the leaf itself."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root(leaves[:k])]


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """What proves that the tree of the first ``first`` leaves is the beginning of this one."""
    if not 0 < first <= len(leaves):
        raise IndexError(first)
    return _subproof(leaves, first, whole=True)


def _subproof(leaves: Sequence[bytes], first: int, *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [root(leaves)]
    k = _split(len(leaves))
    if first <= k:
        return [*_subproof(leaves[:k], first, whole=whole), root(leaves[k:])]
    return [*_subproof(leaves[k:], first - k, whole=False), root(leaves[:k])]


def root_of_nodes(node: Node, start: int, size: int) -> bytes:
    """The root over ``size`` leaves from ``start``, a place where RFC 6962 cuts the tree, out of whole subtrees."""
    if size == 0:
        return EMPTY_ROOT
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    k = _split(size)
    return node_hash(root_of_nodes(node, start, k), root_of_nodes(node, start + k, size - k))


def inclusion_from_nodes(node: Node, index: int, size: int) -> list[bytes]:
    """As ``inclusion_proof``, asking only for the nodes it needs. Raises ``IndexError``."""
    if not 0 <= index < size:
        raise IndexError(index)
    steps: list[bytes] = []
    start = 0
    while size > 1:
        k = _split(size)
        if index - start < k:
            steps.append(root_of_nodes(node, start + k, size - k))
            size = k
        else:
            steps.append(root_of_nodes(node, start, k))
            start, size = start + k, size - k
    return steps[::-1]


def consistency_from_nodes(node: Node, first: int, second: int) -> list[bytes]:
    """As ``consistency_proof``, asking only for the nodes it needs. Raises ``IndexError``."""
    if not 0 < first <= second:
        raise IndexError(first)
    steps: list[bytes] = []
    start, size, whole = 0, second, True
    while first - start != size:
        k = _split(size)
        if first - start <= k:
            steps.append(root_of_nodes(node, start + k, size - k))
            size = k
        else:
            steps.append(root_of_nodes(node, start, k))
            start, size, whole = start + k, size - k, False
    return [*([] if whole else [root_of_nodes(node, start, size)]), *steps[::-1]]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether ``proof`` shows ``leaf`` at ``index`` of the tree of ``size`` leaves with the root ``expected``."""
    if not 0 <= index < size:
        return False
    here, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here % 2 or here == last:
            result = node_hash(sibling, result)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and result == expected


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree of ``first`` leaves is the beginning of that of ``second``."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    here, last = first - 1, second - 1
    while here % 2:
        here, last = here >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if here % 2 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
