"""The checks of an e-way bill without an IRN (GENEWAYBILL v1.03)."""

from .caller import Caller
from .document import generation_violations
from .goods import is_gold
from .values import in_paise, tax_values

__all__ = ["Caller", "generation_violations", "in_paise", "is_gold", "tax_values"]
