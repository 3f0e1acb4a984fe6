from . import change
from . import fetch
from . import buttons
