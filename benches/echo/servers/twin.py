"""The echo servers beside this file, in Python: python3 twin.py tcp_sequential"""

import asyncio
import socket
import sys
import threading

# As many as std of Rust lets wait to be accepted.
BACKLOG = 128


def answer(connection):
    with connection:
        while data := connection.recv(1024):
            connection.sendall(data)


def lost(connection):
    # A client that has gone ends its thread, and says so; it is no reason to end the others.
    try:
        answer(connection)
    except OSError as error:
        print(f"twin.py: lost a client: {error}", file=sys.stderr)


def listening():
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    host, port = listener.getsockname()
    print(f"listening on {host}:{port}", flush=True)
    return listener


def tcp_sequential():
    listener = listening()
    while True:
        connection, _ = listener.accept()
        lost(connection)


def tcp_threads():
    listener = listening()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=lost, args=(connection,), daemon=True).start()


async def tcp_asyncio():
    async def answer(reader, writer):
        try:
            while data := await reader.read(1024):
                writer.write(data)
                await writer.drain()
        except OSError as error:
            print(f"twin.py: lost a client: {error}", file=sys.stderr)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listening(), backlog=BACKLOG)
    await server.serve_forever()


def bound():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    host, port = server.getsockname()
    print(f"listening on {host}:{port}", flush=True)
    return server


def udp_sequential():
    server = bound()
    while True:
        data, client = server.recvfrom(1024)
        server.sendto(data, client)


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        self.transport.sendto(data, client)


async def udp_asyncio():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Echo, sock=bound())
    await asyncio.Event().wait()


def main():
    blocking = [tcp_sequential, tcp_threads, udp_sequential]
    waiting = [tcp_asyncio, udp_asyncio]
    servers = {server.__name__: server for server in blocking + waiting}
    server = servers.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if server is None:
        sys.exit(f"usage: twin.py {' | '.join(servers)}")
    try:
        if server in waiting:
            asyncio.run(server())
        else:
            server()
    except KeyboardInterrupt:
        pass


main()
