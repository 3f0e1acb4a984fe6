"""Steps that are done or not, as a list to read; none relies on its colour alone."""

from markupsafe import Markup

# state of a step -> its mark and Bootstrap's colour
MARKS = {
    "done": ("✓", "success"),
    "failed": ("✗", "danger"),
    "unknown": ("?", "warning"),
    "skipped": ("–", "muted"),
    "not_reached": ("○", "muted"),
}


def state_labels(env):
    """Return state of a step -> its name."""
    return {
        "done": env._("Done"),
        "failed": env._("Failed"),
        "unknown": env._("Not Certain"),
        "skipped": env._("Not Needed"),
        "not_reached": env._("Not Reached"),
    }


def step_list(env, rows):
    """Return steps as HTML, False if there are none.

    :param rows: (state of `MARKS`, title or "", text) of each.
    """
    labels = state_labels(env)
    items = [
        _item(labels[state], *MARKS[state], title, text) for state, title, text in rows
    ]
    return items and (
        Markup('<ul class="list-unstyled mb-0">%s</ul>') % Markup().join(items)
    )


def _item(label, mark, colour, title, text):
    name = title and Markup('<b>%s</b> <span class="text-muted">%s</span><br/>') % (
        title,
        label,
    )
    return Markup(
        '<li class="d-flex gap-2 mb-1"><span class="text-%s fw-bold" role="img" '
        'style="width: 1em" aria-label="%s" title="%s">%s</span>'
        '<span style="white-space: pre-line">%s%s</span></li>'
    ) % (colour, label, label, mark, name, text)
