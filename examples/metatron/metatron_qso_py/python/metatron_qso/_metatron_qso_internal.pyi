from typing import List

__version__: str

class Walk:
    """A quantum walk on Metatron's cube."""

    def __init__(self, start: int = 0) -> None: ...
    def step(self, time: float) -> None:
        """Lets time pass."""

    def probabilities(self) -> List[float]:
        """The probability to be found on each node."""
