"""The published schema and rules of an INV-01 document."""

from .registry import Profile, rule_violations
from .schema import schema_violations
from .violation import Violation, shown

__all__ = ["Profile", "Violation", "rule_violations", "schema_violations", "shown"]
