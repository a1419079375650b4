"""A small auto-tuner: finds where a measured value is lowest."""

from ._tune import Best, tune

__all__ = ["Best", "__version__", "tune"]
__version__ = "0.1.0"
