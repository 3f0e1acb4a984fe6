from . import taxpayer
from . import lookup
from . import refresh
