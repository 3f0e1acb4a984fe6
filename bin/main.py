"""Run a command in the project's Python environment."""

import inspect
import sys

from tools import commands, machine


def main() -> int:
    """Run the command named by the first argument; return its exit code."""
    name, *arguments = sys.argv[1:]
    command = getattr(commands, name)
    if arguments[:1] in (["-h"], ["--help"]):
        print(inspect.getdoc(command))
        return 0
    # stopping and cleaning must not create an environment first
    if arguments not in (["--stop"], ["--clean"]):
        machine.enter_environment()
    return command(*arguments) or 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
