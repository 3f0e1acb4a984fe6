from . import change
from . import buttons
