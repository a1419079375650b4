import math

import pytest

import metatron_qso
import scs
from metatron_qso import Walk


def test_starts_on_its_node():
    assert Walk(start=3).probabilities() == [0.0] * 3 + [1.0] + [0.0] * 9


def test_stays_normalised():
    walk = Walk()
    walk.step(0.37)
    assert sum(walk.probabilities()) == pytest.approx(1.0)


def test_refuses_a_node_that_is_not_there():
    with pytest.raises(IndexError, match="no node 13 among 13"):
        Walk(start=13)


def test_one_version():
    assert metatron_qso.__version__ == scs.__version__


def test_the_tuner_finds_when_the_walk_has_left_most():
    def stays(time):
        walk = Walk()
        walk.step(time)
        return walk.probabilities()[0]

    best = scs.tune(stays, 0.01, 0.4)
    assert best.at == pytest.approx(math.pi / 13, abs=1e-6)
    assert best.value == pytest.approx((11 / 13) ** 2)
