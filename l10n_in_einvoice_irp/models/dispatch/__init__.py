from . import stage
from . import card
