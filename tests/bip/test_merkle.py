"""Merkle hashing against RFC 6962's own tree of seven leaves and published vectors, and its properties."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bip import merkle

VECTORS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""The eight leaves that certificate-transparency implementations test with."""

ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their roots for sizes 1 to 8, as published with RFC 6962's reference implementation."""


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root([]) == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_published_with_the_standard(size: int) -> None:
    assert merkle.root([merkle.leaf_hash(data) for data in VECTORS[:size]]).hex() == ROOTS[size - 1]


def test_the_audit_paths_of_seven_leaves_are_those_drawn_in_rfc_6962() -> None:
    a, b, c, d, e, f, j = leaves(7)
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, left = merkle.node_hash(i, j), merkle.node_hash(g, h)
    assert merkle.inclusion_proof([a, b, c, d, e, f, j], 0) == [b, h, k]
    assert merkle.inclusion_proof([a, b, c, d, e, f, j], 3) == [c, g, k]
    assert merkle.inclusion_proof([a, b, c, d, e, f, j], 4) == [f, j, left]
    assert merkle.inclusion_proof([a, b, c, d, e, f, j], 6) == [i, left]


def test_the_consistency_proofs_of_seven_leaves_are_those_drawn_in_rfc_6962() -> None:
    tree = leaves(7)
    a, b, c, d, e, f, j = tree
    g, h, i = merkle.node_hash(a, b), merkle.node_hash(c, d), merkle.node_hash(e, f)
    k, left = merkle.node_hash(i, j), merkle.node_hash(g, h)
    assert merkle.consistency_proof(tree, 3) == [c, d, g, k]
    assert merkle.consistency_proof(tree, 4) == [k]
    assert merkle.consistency_proof(tree, 6) == [i, j, left]


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 80), st.data())
def test_every_leaf_is_proved_and_no_other_leaf_is(size: int, data: st.DataObject) -> None:
    tree = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(tree, index)
    assert merkle.included(tree[index], index, size, proof, merkle.root(tree))
    assert not merkle.included(merkle.leaf_hash(b"other"), index, size, proof, merkle.root(tree))
    wrong = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else None
    if wrong is not None:
        assert not merkle.included(tree[index], wrong, size, proof, merkle.root(tree))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 80), st.data())
def test_every_earlier_tree_is_proved_and_no_changed_one_is(size: int, data: st.DataObject) -> None:
    tree = leaves(size)
    first = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(tree, first)
    assert merkle.consistent(first, size, merkle.root(tree[:first]), merkle.root(tree), proof)
    changed = [merkle.leaf_hash(b"changed"), *tree[1:first]]
    assert not merkle.consistent(first, size, merkle.root(changed), merkle.root(tree), proof)


@given(st.integers(1, 70), st.data())
@settings(deadline=None)
def test_proofs_out_of_stored_subtrees_are_those_made_from_all_leaves(size: int, data: st.DataObject) -> None:
    tree, asked = leaves(size), []

    def node(level: int, number: int) -> bytes:
        asked.append((level, number))
        return merkle.root(tree[number << level : (number + 1) << level])

    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert merkle.root_of_nodes(node, 0, size) == merkle.root(tree)
    asked.clear()
    assert merkle.inclusion_from_nodes(node, index, size) == merkle.inclusion_proof(tree, index)
    assert len(asked) <= 2 * size.bit_length()
    assert merkle.consistency_from_nodes(node, first, size) == merkle.consistency_proof(tree, first)


@given(st.integers(0, 200))
def test_leaves_that_come_one_by_one_give_the_same_root(size: int) -> None:
    coming = merkle.Range()
    for leaf in leaves(size):
        coming.append(leaf)
    assert coming.root() == merkle.root(leaves(size))
