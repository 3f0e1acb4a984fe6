"""The table of figures that a benchmark prints."""

import sys


class Table:
    """Prints rows as they are added and collects the ratios."""

    def __init__(self, theirs: str, ours: str) -> None:
        self.ratios: dict[str, float] = {}
        self._row("", theirs, ours, "ratio")

    def _row(self, title: str, theirs: str, ours: str, ratio: str) -> None:
        sys.stdout.write(f"{title:44}{theirs:>12}{ours:>12}{ratio:>9}\n")
        sys.stdout.flush()

    def compare(
        self, key: str, title: str, theirs: float, ours: float, ratio: float = 0
    ) -> None:
        """Add a row with both figures and their ratio (theirs is 1).

        :param ratio: the median of several runs, if it is not that of the figures.
        """
        ratio = ratio or ours / theirs
        self.ratios[key] = round(ratio, 3)
        self._row(title, f"{theirs:.2f}", f"{ours:.2f}", f"{ratio:.2f}")

    def report(self, title: str, figure: float, key: str = "") -> None:
        """Add a row for this addon alone."""
        if key:
            self.ratios[key] = round(figure, 1)
        self._row(title, "", f"{figure:.1f}", "")
