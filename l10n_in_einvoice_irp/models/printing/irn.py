from textwrap import wrap

from markupsafe import Markup

# characters after which a line may end
GROUP = 16


def grouped_irn(irn) -> Markup:
    """Return an IRN that breaks into equal lines where it has to, and is copied without
    blanks; "" if there is none."""
    return Markup("<wbr/>").join(wrap(irn or "", GROUP))
