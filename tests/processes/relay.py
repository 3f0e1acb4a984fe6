"""Passes TCP connections on: ``python relay.py ADDRESS PORT TARGET TARGET_PORT…``.

With several targets, it does so in turn, as a load balancer.

The local portal listens on the loopback interface alone, because Odoo calls no portal
without TLS elsewhere. A pair of relays carries that address over a link between two
network namespaces.
"""

import asyncio
import contextlib
import itertools
import sys


async def main(address: str, port: str, *targets: str) -> None:
    turns = itertools.cycle(zip(targets[::2], targets[1::2], strict=True))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target, target_port = next(turns)
        try:
            there = await asyncio.open_connection(target, int(target_port))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))

    server = await asyncio.start_server(serve, address, int(port))
    async with server:
        # who started it waits for this line
        print("listening", flush=True)  # noqa: T201
        await server.serve_forever()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
