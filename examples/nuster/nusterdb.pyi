from typing import List, Sequence, Tuple

__version__: str

class VectorStore:
    """Vectors of one dimension, by key."""

    def __init__(self, dimension: int) -> None: ...
    def __len__(self) -> int: ...
    def insert(self, key: str, vector: Sequence[float]) -> None:
        """Puts a vector in the place of the one that has its key, if there is one."""

    def nearest(self, vector: Sequence[float], count: int = 1) -> List[Tuple[str, float]]:
        """The keys of the nearest vectors, each with the cosine of the angle between, the greatest first."""
