from . import exported
from . import export
from . import results
