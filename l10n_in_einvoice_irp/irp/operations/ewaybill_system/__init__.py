"""The actions and look-ups of the e-way bill system: from a request to a result."""

from .queries import Answered, Query, ask
from .quota import next_list, next_log_in
from .settlement import Lost, Settlement, settle, standing_of
from .step import StepRequest, act, look_up

__all__ = [
    "Answered",
    "Lost",
    "Query",
    "Settlement",
    "StepRequest",
    "act",
    "ask",
    "look_up",
    "next_list",
    "next_log_in",
    "settle",
    "standing_of",
]
