"""A separate network for a process: a namespace at the end of a cable.

The loopback address is another one there; the local portal's is carried over the cable
by relays. The files of this machine, PostgreSQL's socket included, are the same.

Where namespaces cannot be made (they need root, and many containers forbid them), a
process runs in the network of this machine, and there is no cable to pull.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

RELAY = Path(__file__).with_name("relay.py")
HERE = "127.0.0.1"
SECONDS = 10


class Network:
    """The network of this machine.

    :ivar prefix: of the command of a process that is to run in the network.
    """

    prefix: tuple[str, ...] = ()
    has_cable = False

    def pull(self) -> None:
        """Pull the cable: what is sent is lost, and nobody gets an error."""
        raise NotImplementedError

    def plug(self) -> None:
        """Plug the cable in again."""
        raise NotImplementedError


class Namespace(Network):
    """A network namespace, joined to this machine by a pair of virtual interfaces.

    :param number: different for each namespace of this process.
    """

    has_cable = True

    def __init__(self, number: int) -> None:
        pid = os.getpid()
        self.name = f"irp{pid}h{number}"
        self.prefix = ("ip", "netns", "exec", self.name)
        # another run of the tests on this machine has another process id
        subnet = f"10.{100 + pid % 100}.{pid // 100 % 250}"
        self.near, self.far = (f"{subnet}.{4 * number + end}" for end in (1, 2))
        self._far_end = f"{self.name}p"

    def make(self) -> None:
        """Make the namespace and its cable.

        :raises OSError: this machine does not allow it.
        """
        self._ip("netns", "add", self.name)
        inside = ("-n", self.name)
        pair = ("peer", "name", self._far_end, "netns", self.name)
        self._ip("link", "add", self.name, "type", "veth", *pair)
        self._ip("address", "add", f"{self.near}/30", "dev", self.name)
        self._ip("link", "set", self.name, "up")
        self._ip(*inside, "address", "add", f"{self.far}/30", "dev", self._far_end)
        for one in ("lo", self._far_end):
            self._ip(*inside, "link", "set", one, "up")

    def remove(self) -> None:
        """Remove it, with its cable."""
        subprocess.run(
            ["ip", "netns", "del", self.name], check=False, capture_output=True
        )

    def pull(self) -> None:
        self._ip("link", "set", self.name, "down")

    def plug(self) -> None:
        self._ip("link", "set", self.name, "up")

    @staticmethod
    def _ip(*arguments: str) -> None:
        done = subprocess.run(
            ["ip", *arguments], check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise OSError(done.stderr)


@contextmanager
def network(number: int, port: int) -> Iterator[Network]:
    """Yield a network from which a port of this machine can be reached at the same
    loopback address.

    :param number: different for each network of this process.
    """
    with ExitStack() as stack:
        namespace = _namespace(number)
        if not namespace:
            yield Network()
            return
        stack.callback(namespace.remove)
        ends = [
            ((), namespace.near, HERE),
            (namespace.prefix, HERE, namespace.near),
        ]
        for prefix, address, target in ends:
            stack.enter_context(_relay(prefix, address, target, port))
        yield namespace


def _namespace(number: int) -> Namespace | None:
    """Return a new namespace; None where this machine does not allow it."""
    if not shutil.which("ip"):
        return None
    namespace = Namespace(number)
    try:
        namespace.make()
    except OSError:
        namespace.remove()
        return None
    return namespace


@contextmanager
def _relay(
    prefix: tuple[str, ...], address: str, target: str, port: int
) -> Iterator[None]:
    command = [*prefix, sys.executable, str(RELAY)]
    command += [address, str(port), target, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline(), f"no relay at {address}"
        yield
    finally:
        process.kill()
        process.wait(SECONDS)
        process.stdout.close()
