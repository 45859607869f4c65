"""A TCP proxy that makes loopback like a longer or a narrower link.

Usage: shape.py PORT TARGET_PORT [--delay SECONDS] [--rate BYTES_PER_SECOND] [--slow-every N]

Each direction of a connection is delayed by SECONDS. The first bytes of a connection wait as long again, as they would for
the handshake, which the kernel does before the proxy hears of it. With a rate, what comes back is limited to it on each
connection by itself, and on every Nth connection to a twentieth.
"""

import argparse
import asyncio
import signal
import socket

PIECE = 1 << 16


class Direction:
    """One direction of one connection."""

    def __init__(self, reader, writer, delay, rate=0, handshake=0):
        self.reader, self.writer, self.delay, self.rate, self.handshake = reader, writer, delay, rate, handshake
        self.piece = max(4096, min(PIECE, rate // 100)) if rate else PIECE
        self.queue = asyncio.Queue(maxsize=256 if delay else 1)

    async def receive(self):
        loop, late = asyncio.get_running_loop(), self.handshake
        try:
            while data := await self.reader.read(self.piece):
                await self.queue.put((loop.time() + self.delay + late, data))
                late = 0
        finally:
            await self.queue.put((loop.time() + self.delay, b""))

    async def deliver(self):
        loop, free_from = asyncio.get_running_loop(), 0
        while True:
            due, data = await self.queue.get()
            if self.rate:
                free_from = max(free_from, loop.time() - 0.02) + len(data) / self.rate
                due = max(due, free_from)
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            if not data:
                self.writer.write_eof()
                return
            self.writer.write(data)
            await self.writer.drain()


class Proxy:
    def __init__(self, given):
        self.given, self.count = given, 0

    def rate_of_next(self):
        self.count += 1
        slow = self.given.slow_every and self.count % self.given.slow_every == self.given.slow_every // 2
        return self.given.rate // 20 if slow else self.given.rate

    async def serve(self, reader, writer):
        rate, delay = self.rate_of_next(), self.given.delay
        # Small buffers, so that little is read from the server which the client does not want.
        upstream = socket.socket()
        upstream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        upstream.setblocking(False)
        await asyncio.get_running_loop().sock_connect(upstream, ("127.0.0.1", self.given.target))
        server_reader, server_writer = await asyncio.open_connection(sock=upstream, limit=PIECE)
        there = Direction(reader, server_writer, delay, handshake=2 * delay)
        back = Direction(server_reader, writer, delay, rate)
        flows = [asyncio.create_task(flow) for flow in (there.receive(), there.deliver(), back.receive(), back.deliver())]
        try:
            # Either side that closes ends both: HTTP clients do not half-close.
            await asyncio.wait((flows[1], flows[3]), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for flow in flows:
                flow.cancel()
            await asyncio.gather(*flows, return_exceptions=True)
            for end in (writer, server_writer):
                end.close()

    async def main(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", self.given.port, limit=PIECE, backlog=1024)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.close)
        try:
            await server.serve_forever()
        except asyncio.CancelledError:
            pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("port", type=int)
    arguments.add_argument("target", type=int)
    arguments.add_argument("--delay", type=float, default=0)
    arguments.add_argument("--rate", type=int, default=0)
    arguments.add_argument("--slow-every", type=int, default=0)
    asyncio.run(Proxy(arguments.parse_args()).main())


if __name__ == "__main__":
    main()
