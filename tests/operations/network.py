"""Networks between a process and a server on this machine that can be cut.

While one is cut, nothing arrives and no connection ends, as when packets are dropped. `Namespace` drops
packets between the kernels' ends of a cable and needs root and `ip` and `tc` of iproute2; `Proxy` stands
in where these are missing. Both have `address(port)`, `command(arguments)`, `cut()`, `mend()` and `end()`.
"""

import os
import shutil
import socket
import subprocess
import threading

# A qdisc without room drops every packet that is sent.
DROP = ["root", "pfifo", "limit", "0"]


class Relay:
    """TCP relay to a port of the loopback interface."""

    def __init__(self, host, port):
        self.target = ("127.0.0.1", port)
        self.is_up = threading.Event()
        self.is_up.set()
        self.listener = socket.create_server((host, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(client,), daemon=True).start()

    def connect(self, client):
        self.is_up.wait()
        try:
            server = socket.create_connection(self.target)
        except OSError:
            client.close()
            return
        threading.Thread(target=self.forward, args=(client, server), daemon=True).start()
        self.forward(server, client)

    def forward(self, source, sink):
        try:
            while data := source.recv(65536):
                self.is_up.wait()
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Proxy:
    """Network by relays, the first of which can be cut."""

    def __init__(self, ports):
        """Takes the ports of the servers; the network to the first can be cut."""
        self.relays = {port: Relay("127.0.0.1", port) for port in ports}
        self.first = self.relays[ports[0]]

    def address(self, port):
        return f"127.0.0.1:{self.relays[port].port}"

    def command(self, arguments):
        return arguments

    def cut(self):
        self.first.is_up.clear()

    def mend(self):
        self.first.is_up.set()

    def end(self):
        self.mend()


class Namespace:
    """Network namespace with a pair of virtual cables to each server, the first of which can be cut."""

    def __init__(self, ports):
        """Takes the ports of the servers; the network to the first can be cut."""
        self.name = f"scr-{os.getpid()}"
        run("ip", "netns", "add", self.name)
        try:
            self.relays = {port: self.lay(number, port) for number, port in enumerate(ports)}
        except BaseException:
            self.end()
            raise

    def lay(self, number, port):
        """Lays a pair of cables; returns the relay at the host's end."""
        # Addresses of RFC 2544, which are for trials of networks; four for each pair.
        first = (os.getpid() * 2 + number) % 2**15 * 4
        near, far = (f"198.{18 + (first >> 16)}.{first >> 8 & 255}.{(first & 255) + place}" for place in (1, 2))
        here, there = f"scr{os.getpid()}h{number}", f"scr{os.getpid()}n{number}"
        run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", self.name)
        run("ip", "address", "add", f"{near}/30", "dev", here)
        run("ip", "link", "set", here, "up")
        run("ip", "-n", self.name, "address", "add", f"{far}/30", "dev", there)
        run("ip", "-n", self.name, "link", "set", there, "up")
        return near, Relay(near, port)

    def address(self, port):
        host, relay = self.relays[port]
        return f"{host}:{relay.port}"

    def command(self, arguments):
        return ["ip", "netns", "exec", self.name, *arguments]

    def ends(self):
        """Commands that set the queues of both ends of the first pair."""
        pid = os.getpid()
        return [["tc"], f"scr{pid}h0"], [["tc", "-n", self.name], f"scr{pid}n0"]

    def cut(self):
        for tc, device in self.ends():
            run(*tc, "qdisc", "replace", "dev", device, *DROP)

    def mend(self):
        for tc, device in self.ends():
            run(*tc, "qdisc", "delete", "dev", device, "root")

    def end(self):
        # Its cables go with it.
        run("ip", "netns", "delete", self.name)


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


def network(ports):
    """Network to servers at these ports, by a namespace where the machine allows one."""
    if os.geteuid() == 0 and shutil.which("ip") and shutil.which("tc"):
        try:
            return Namespace(ports)
        except subprocess.CalledProcessError:
            pass
    return Proxy(ports)
