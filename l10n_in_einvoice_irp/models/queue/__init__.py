from . import submission_mixin
from . import claiming
from . import results
from . import cancellation
from . import settlement
from . import processing
from . import credential
