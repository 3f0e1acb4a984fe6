from . import change
from . import fetch
from . import buttons
from . import bulk_export
from . import import_results
from . import match
