from . import month_end
from . import month_end_line
