from . import submission_mixin
from . import submission_errors
from . import cancellation
from . import settlement
from . import banner
from . import results
from . import claiming
from . import queue
