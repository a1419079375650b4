import math
from importlib.metadata import version

import pytest

import nusterdb
from nusterdb import VectorStore


@pytest.fixture
def store():
    store = VectorStore(2)
    store.insert("east", [3.0, 0.0])
    store.insert("north", [0.0, 0.5])
    store.insert("northeast", [1.0, 1.0])
    return store


def test_finds_the_nearest_by_direction(store):
    assert store.nearest([100.0, 90.0]) == [("northeast", pytest.approx(190 / math.sqrt(2 * 18100)))]


def test_orders_by_cosine(store):
    assert [key for key, _ in store.nearest([1.0, 0.1], count=5)] == ["east", "northeast", "north"]


def test_replaces_by_key(store):
    store.insert("east", [-1.0, 0.0])
    assert len(store) == 3
    assert store.nearest([-2.0, 0.0]) == [("east", pytest.approx(1.0))]


def test_takes_very_long_vectors(store):
    assert store.nearest([1e300, 0.0]) == [("east", pytest.approx(1.0))]


@pytest.mark.parametrize(
    ("vector", "why"),
    [([1.0], "1 components instead of 2"), ([0.0, 0.0], "no direction"), ([math.nan, 1.0], "no direction")],
)
def test_refuses(store, vector, why):
    with pytest.raises(ValueError, match=why):
        store.insert("x", vector)
    assert len(store) == 3


def test_one_version():
    assert nusterdb.__version__ == version("nusterdb")
