# SPDX-License-Identifier: Apache-2.0
"""Stands between a client and a server on loopback, and cuts or holds connections in mid-transfer.

Listens on 127.0.0.2 at the ports that the server has on 127.0.0.1, so that a port which the server
names in its answers leads here too. Prints `ready`, then obeys one command a line on its input, each
answered by `done`:

  cut up|down BYTES TIMES     the next TIMES connections that carry so many bytes are reset there
  stall up|down BYTES TIMES   they are held open there, and nothing moves any more
  pass                        everything goes through

Only the last ports count when there are several: the first is the control connection then.

  cutting_proxy.py PORT[,PORT...]
"""

import asyncio
import socket
import struct
import sys

rule = {"kind": "pass", "way": "up", "bytes": 0, "times": 0}


class Pair:
    def __init__(self, port, counts):
        self.port = port
        self.counts = counts
        self.is_hit = False

    async def handle(self, client_reader, client_writer):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            client_writer.transport.abort()
            return
        pair = Pair(self.port, self.counts)
        ends = (client_writer, writer)
        await asyncio.gather(
            pair.copy("up", client_reader, writer, ends),
            pair.copy("down", reader, client_writer, ends))

    async def copy(self, way, reader, writer, ends):
        moved = 0
        try:
            while data := await reader.read(16384):
                if self.counts and way == rule["way"] and rule["kind"] != "pass":
                    room = rule["bytes"] - moved
                    if len(data) >= room and rule["times"] > 0:
                        writer.write(data[:max(room, 0)])
                        await writer.drain()
                        rule["times"] -= 1
                        await self.hit(ends)
                        return
                moved += len(data)
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
            if way == "down":
                await reader.read()
        except OSError:
            for end in ends:
                end.transport.abort()

    async def hit(self, ends):
        if rule["kind"] == "stall":
            await asyncio.Event().wait()
        for end in ends:
            held = end.get_extra_info("socket")
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


async def obey():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        words = line.decode().split()
        rule["kind"] = words[0]
        if len(words) == 4:
            rule.update(way=words[1], bytes=int(words[2]), times=int(words[3]))
        print("done", flush=True)


async def main():
    ports = [int(port) for port in sys.argv[1].split(",")]
    for place, port in enumerate(ports):
        pair = Pair(port, counts=len(ports) == 1 or place > 0)
        await asyncio.start_server(pair.handle, "127.0.0.2", port)
    print("ready", flush=True)
    await obey()


asyncio.run(main())
