from . import gstin_entry
from . import taxpayer
from . import lookup
from . import refresh
from . import parties
