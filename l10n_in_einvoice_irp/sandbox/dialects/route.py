"""A route: the name of a service, its path, and what writes its responses."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ..portal.portal import Handler
from ..wire import jsontext
from ..wire.envelope import ServiceResponse, render
from ..wire.settings import Dialect


@dataclass(frozen=True)
class Route:
    """A service and its path.

    :param name: the name in faults and counters; spellings of the same path share it
    :param template: the path; ``{name}`` matches one segment
    :param render: writes the responses
    :param action: the member ``action`` of the bodies it takes, "" for all; services of
        the e-way bill system share a path
    """

    name: str
    method: str
    template: str
    handler: Handler
    render: Callable[[ServiceResponse, Dialect], bytes] = render
    action: str = ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.template)
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )
        # as on IIS, letter case and a trailing slash make no difference
        return re.compile(pattern + "/?", re.IGNORECASE)

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return the variable parts of ``path``, None if it does not match."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    def takes(self, body: bytes, asked: str = "") -> bool:
        """Return whether the route serves a body.

        :param asked: ``action`` of the query, for a body without one
        """
        if not self.action:
            return True
        try:
            members = jsontext.lower_keys(jsontext.json_object(body))
        except ValueError:
            return False
        return bool(members.get("action", asked) == self.action)


def moved(routes: Iterable[Route], prefixes: Mapping[str, str]) -> tuple[Route, ...]:
    """Return routes with the beginning of their paths replaced; leave out the others.

    :param prefixes: the old beginning and the new one; the first that fits applies
    """
    return tuple(
        replace(route, template=new + route.template.removeprefix(old))
        for route in routes
        for old, new in [_first_fit(route.template, prefixes)]
        if old is not None
    )


def without(routes: Iterable[Route], *names: str) -> tuple[Route, ...]:
    """Return the routes except those of some services."""
    return tuple(route for route in routes if route.name not in names)


def _first_fit(
    template: str, prefixes: Mapping[str, str]
) -> tuple[str, str] | tuple[None, str]:
    for old, new in prefixes.items():
        if template.startswith(old):
            return old, new
    return None, ""
