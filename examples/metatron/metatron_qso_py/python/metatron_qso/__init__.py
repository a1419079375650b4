"""Quantum walks on Metatron's cube."""

from ._metatron_qso_internal import Walk, __version__

__all__ = ["Walk", "__version__"]
