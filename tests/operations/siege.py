"""Denial-of-service test: many attacks at once, while honest readers and submitters work.

    python3 tests/operations/siege.py [--seconds 120] [--json] [--p99-ms 500] [--only ATTACK...]

Starts a site from a binary and attacks it. Exit code 0 within the limits: p99 of honest
pages under 500 ms, memory of the server under 300 MiB, every honest upload scored. Exit code
1 otherwise, with the limits exceeded. Needs Python alone; `SCR_BIN` names the binary.

Honest clients have addresses 127.0.0.x, attackers 127.1.0.0/16, one address or many by
attack. Clients and site share one machine and its cores.
"""

import argparse
import itertools
import json
import os
import pathlib
import random
import selectors
import socket
import sys
import tempfile
import threading
import time

import served
from served import BENCHMARK, ROOT, Site

P99_MS = 500
MEMORY_MIB = 300
# Accounts of attackers.
ATTACKERS = 8
# Number of a TCP state in the kernel.
ESTABLISHED = 1
FORM = f"/benchmarks/{BENCHMARK}/submit"


def find_binary():
    """Returns SCR_BIN, else the release build, else the debug build."""
    if "SCR_BIN" in os.environ:
        return
    for kind in ("release", "debug"):
        path = ROOT / "target" / kind / "scr"
        if path.exists():
            served.SCR = str(path)
            return
    sys.exit("no binary: cargo build --release -p scr, or SCR_BIN")


def head(method, path, token=None, length=None, kind=None):
    """Returns the head of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: siege"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Content-Length: {length}"] if length is not None else []
    lines += [f"Content-Type: {kind}"] if kind else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Attack:
    """An attack: a number of sockets, each opened again when the server closes it."""

    # New sockets a second, for each open one: a higher rate would measure this machine.
    NEW_PER_S = 0.5

    def __init__(self, name, sockets, addresses, opening, drip=b"", every_s=0.0, reads=False, lasts_s=None):
        self.name, self.sockets, self.addresses = name, sockets, addresses
        self.opening, self.drip, self.every_s, self.reads = opening, drip, every_s, reads
        # Clients that do not read miss the end of their connection, so they reconnect after this time.
        self.lasts_s = lasts_s
        self.begun = self.ended = 0
        self.may_begin = 0.0

    def waits(self, seconds):
        """Adds the sockets that the rate allows for the time passed."""
        per_s = max(10, self.sockets * self.NEW_PER_S)
        self.may_begin = min(per_s / 5, self.may_begin + seconds * per_s)


def attacks(site, tokens, submissions, long_pages):
    """Returns all attacks on a site."""
    turn, page = itertools.cycle(range(len(tokens))), itertools.cycle(long_pages)

    def chunk(drip):
        def opening():
            n = next(turn)
            path = f"/api/v1/submissions/{submissions[n]}/file?offset=0"
            return head("PUT", path, tokens[n], len(site.file), "application/octet-stream") + drip

        return opening

    def form():
        kind = "multipart/form-data; boundary=b"
        return head("POST", FORM, tokens[next(turn)], 1 << 30, kind)

    def cookie_form(rest):
        def opening():
            kind = "multipart/form-data; boundary=b"
            lines = head("POST", FORM, None, 1 << 30, kind)[:-2]
            return lines + f"Cookie: scr-session={site.cookie}\r\n\r\n".encode() + rest

        return opening

    def sign_in():
        body = b"password=x&email=" + b"a" * 1_000_000 + str(random.random()).encode()
        return head("POST", "/account/sign-in", None, len(body), "application/x-www-form-urlencoded") + body

    def guess():
        body = f"password={'x' * 20}&email={random.random()}@x.org".encode()
        return head("POST", "/account/sign-in", None, len(body), "application/x-www-form-urlencoded") + body

    def unread():
        return head("GET", next(page)) * 40

    def events():
        n = next(turn)
        return head("GET", f"/api/v1/submissions/{submissions[n]}/events", tokens[n])

    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\nX-Endless: '
    filler = b"z" * 60_000
    return [
        Attack("ask and do not read", 520, 250, unread, lasts_s=10),
        Attack("say nothing", 60, 60, lambda: b""),
        Attack("heads that drip", 60, 60, lambda: b"GET / HTTP/1.1\r\nX-Slow: ", b"z", 1),
        Attack("form posts that say no more", 20, 5, cookie_form(b"--b\r\n")),
        Attack("forms of no account", 10, 5, form),
        Attack("a part's head without end", 8, 4, cookie_form(part), filler, 0.05),
        Attack("pieces that drip", 40, 10, chunk(b"z"), b"z", 1),
        Attack("sign-ins with 1 MB addresses", 6, 200, sign_in, reads=True),
        Attack("passwords tried", 4, 200, guess, reads=True),
        Attack("tokens tried", 4, 200, lambda: head("GET", "/api/v1/account", "scr_x"), reads=True),
        Attack("event streams", 60, 4, events, reads=True),
        Attack("pages by the way", 4, 50, lambda: head("GET", next(page)), reads=True),
    ]


class Besiegers:
    """Runs all attacks in one thread."""

    def __init__(self, site, all_attacks, done):
        self.site, self.attacks, self.done = site, all_attacks, done
        self.selector = selectors.DefaultSelector()
        self.open = {attack: {} for attack in all_attacks}
        self.numbers = itertools.count()
        self.thread = threading.Thread(target=self.run)

    def begin(self, attack):
        number = next(self.numbers) % attack.addresses
        kind = self.attacks.index(attack)
        one = socket.socket()
        one.setblocking(False)
        if not attack.reads:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.bind((f"127.1.{kind}.{number + 1}", 0))
        one.connect_ex(("127.0.0.1", self.site.port))
        now = time.monotonic()
        state = {"attack": attack, "out": attack.opening(), "begun": now, "next": now}
        self.open[attack][one] = state
        self.selector.register(one, selectors.EVENT_READ | selectors.EVENT_WRITE, state)
        attack.begun += 1

    def end(self, one, attack):
        if one in self.selector.get_map():
            self.selector.unregister(one)
        one.close()
        del self.open[attack][one]
        attack.ended += 1

    def go_on(self, one, state, events, now):
        attack = state["attack"]
        if events & selectors.EVENT_WRITE and state["out"]:
            sent = one.send(state["out"][:65536])
            state["out"] = state["out"][sent:]
            if not state["out"]:
                # Wait for the end of the connection only.
                self.selector.modify(one, selectors.EVENT_READ, state)
                state["next"] = now + attack.every_s
        if events & selectors.EVENT_READ:
            if attack.reads:
                if not one.recv(65536):
                    raise OSError
                if attack.name != "event streams":
                    raise OSError  # Answered: repeat from another address.
            elif not one.recv(1, socket.MSG_PEEK):
                raise OSError
            else:
                # Leave the answer unread: see `look`.
                self.selector.unregister(one)

    def run(self):
        last, looked, nap = time.monotonic(), 0.0, 0.02
        while not self.done.is_set():
            now = time.monotonic()
            for attack in self.attacks:
                attack.waits(now - last)
                while len(self.open[attack]) < attack.sockets and attack.may_begin >= 1:
                    self.begin(attack)
                    attack.may_begin -= 1
            last = now
            for key, events in self.selector.select(0):
                try:
                    self.go_on(key.fileobj, key.data, events, now)
                except BlockingIOError:
                    pass
                except OSError:
                    self.end(key.fileobj, key.data["attack"])
            for attack in self.attacks:
                if attack.drip:
                    self.drip(attack, now)
            if now - looked > 1:
                looked = now
                self.look()
            time.sleep(nap)

    def look(self):
        """Closes sockets that the server has closed, and old ones."""
        now = time.monotonic()
        for attack in self.attacks:
            for one, state in list(self.open[attack].items()):
                is_old = attack.lasts_s is not None and now - state["begun"] > attack.lasts_s
                if one not in self.selector.get_map():
                    state_of_tcp = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
                    is_old = is_old or state_of_tcp != ESTABLISHED
                if is_old:
                    self.end(one, attack)

    def drip(self, attack, now):
        for one, state in list(self.open[attack].items()):
            if one in self.selector.get_map() and not state["out"] and now >= state["next"]:
                state["out"] = attack.drip
                try:
                    self.go_on(one, state, selectors.EVENT_WRITE, now)
                    if state["out"]:
                        state["out"], state["next"] = b"", now + attack.every_s
                except BlockingIOError:
                    state["out"], state["next"] = b"", now + attack.every_s
                except OSError:
                    self.end(one, attack)


def honest(address, port, request):
    """Sends one request from an address; returns status and body."""
    with socket.create_connection(("127.0.0.1", port), 30, (address, 0)) as one:
        one.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            some = one.recv(65536)
            if not some:
                raise OSError("the connection ended before the answer")
            answer += some
        lines, body = answer.split(b"\r\n\r\n", 1)
        length = 0
        for line in lines.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while len(body) < length:
            some = one.recv(65536)
            if not some:
                raise OSError("the answer ended before its end")
            body += some
        return int(lines.split()[1]), body


def read_pages(site, n, pages, done, times, wrong):
    """Runs an honest reader: page after page, with a pause between."""
    for page in itertools.cycle(pages[n % len(pages) :] + pages[: n % len(pages)]):
        if done.is_set():
            return
        begin = time.monotonic()
        try:
            status, _ = honest(f"127.0.0.{10 + n}", site.port, head("GET", page))
            if status != 200:
                wrong.append(f"{page} answered {status}")
        except OSError as error:
            wrong.append(f"{page}: {error}")
        times.append((time.monotonic() - begin) * 1e3)
        time.sleep(0.5)


def submit(site, n, token, done, taken, wrong):
    """Runs an honest submitter: one submission after the other, in three chunks each."""
    address, kind = f"127.0.0.{100 + n}", "application/json"

    def api(method, path, body=b"", kind=kind):
        request = head(method, f"/api/v1/{path}", token, len(body), kind) + body
        # Retries broken connections, as clients do.
        for attempt in range(4):
            try:
                status, said = honest(address, site.port, request)
            except OSError:
                time.sleep(0.3 * (attempt + 1))
                continue
            if status // 100 != 2:
                raise RuntimeError(f"{method} {path}: {status} {said[:200]!r}")
            return json.loads(said)
        raise RuntimeError(f"{method} {path}: four connections broke")

    number = 0
    while not done.is_set():
        number += 1
        try:
            card = {"name": f"Honest {n} {number}", "two_fold_declaration": True}
            request = {"card": card, "size_bytes": len(site.file), "accept_terms": True, "confirm": True}
            answer = api("POST", f"benchmarks/{BENCHMARK}/submissions", json.dumps(request).encode())
            submission, received = answer["submission"], 0
            while received < len(site.file):
                chunk = site.file[received : received + len(site.file) // 3 + 1]
                path = f"submissions/{submission}/file?offset={received}"
                received = api("PUT", path, chunk, "application/octet-stream")["received_bytes"]
            api("POST", f"submissions/{submission}/complete")
            taken.append((submission, token))
        except RuntimeError as error:
            wrong.append(str(error))
        done.wait(8)


def memory_mib(site):
    """Peak memory of the server in MiB."""
    status = pathlib.Path(f"/proc/{site.server.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def session(site, email):
    """Signs in and returns the session cookie."""
    body = f"email={email}&password={served.PASSWORD.replace(' ', '+')}".encode()
    request = head("POST", "/account/sign-in", None, len(body), "application/x-www-form-urlencoded")
    with socket.create_connection(("127.0.0.1", site.port), 30, ("127.1.99.1", 0)) as one:
        one.sendall(request + body)
        answer = one.recv(65536).decode(errors="replace")
    return answer.split("scr-session=")[1].split(";")[0]


def run(given, folder):
    find_binary()
    site = Site.make(folder, images=4, side_px=256)
    curator = site.add_user("c@example.org", "curator")
    tokens = [site.add_user(f"p{n}@example.org", "participant") for n in range(given.submitters)]
    bad = [site.add_user(f"bad{n}@example.org", "participant") for n in range(ATTACKERS)]
    site.start()
    # An entry for the readers.
    first = site.submit(curator, "First")
    site.wait_for_jobs(60)
    operator = site.add_user("o@example.org", "operator")
    site.api("POST", f"submissions/{first}/review", operator, {"decision": "publish", "answer": "a test"})
    site.wait_for_jobs(60)
    (entry,) = site.entries()
    image = site.masks[0].split("/")[1].removesuffix(".png")
    pages = ["/", f"/benchmarks/{BENCHMARK}", f"/benchmarks/{BENCHMARK}/results", f"/entries/{entry}"]
    pages += [f"/benchmarks/{BENCHMARK}/browse", f"/benchmarks/{BENCHMARK}/browse/{image}"]
    long_pages = [*pages, f"/api/v1/entries/{entry}", f"/api/v1/benchmarks/{BENCHMARK}/images/{image}.png"]
    site.cookie = session(site, "bad0@example.org")
    submissions = [site.begin(token, "Bad") for token in bad]

    besieged, done = attacks(site, bad, submissions, long_pages), threading.Event()
    if given.only is not None:
        besieged = [attack for attack in besieged if attack.name in given.only]
    besiegers = Besiegers(site, besieged, done)
    times, taken, wrong_reads, wrong_uploads = [], [], [], []
    people = [
        threading.Thread(target=read_pages, args=(site, n, pages, done, times, wrong_reads))
        for n in range(given.readers)
    ]
    people += [
        threading.Thread(target=submit, args=(site, n, token, done, taken, wrong_uploads))
        for n, token in enumerate(tokens)
    ]
    besiegers.thread.start()
    for person in people:
        person.start()
    time.sleep(given.seconds)
    done.set()
    for thread in [*people, besiegers.thread]:
        thread.join()
    for attack in besieged:
        for one in list(besiegers.open[attack]):
            one.close()
    peak = memory_mib(site)
    site.wait_for_jobs(120)
    states = [site.api("GET", f"submissions/{s}", token)["state"] for s, token in taken]
    alive = site.server.poll() is None
    site.stop()

    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    lost = len(states) - states.count("awaiting_review") + len(wrong_uploads)
    figures = {
        "seconds": given.seconds, "pages": len(times), "failed_pages": len(wrong_reads),
        "median_ms": round(at(0.5)), "p99_ms": round(at(0.99)), "slowest_ms": round(times[-1]),
        "uploads": len(taken), "lost_uploads": lost, "memory_mib": round(peak),
        "attacks": {a.name: {"sockets": a.sockets, "begun": a.begun, "over": a.ended} for a in besieged},
    }
    broken = []
    if at(0.99) >= given.p99_ms:
        broken.append(f"honest pages' p99 is {at(0.99):.0f} ms, expected under {given.p99_ms}")
    if wrong_reads:
        broken.append(f"{len(wrong_reads)} honest pages failed: {wrong_reads[0]}")
    if peak >= MEMORY_MIB:
        broken.append(f"the server took {peak:.0f} MiB, expected under {MEMORY_MIB}")
    if lost or not taken:
        broken.append(f"{lost} of {len(taken)} honest uploads are lost: {(wrong_uploads + states)[:3]}")
    if not alive:
        broken.append("the server ended")
    figures["broken"] = broken
    show(figures, given.json)
    return 1 if broken else 0


def show(figures, as_json):
    """Prints the figures."""
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        if name not in ("attacks", "broken"):
            print(f"{name.replace('_', ' '):14} {value}")
    print(f"\n{'attack':30} {'at once':>8} {'begun':>7} {'over':>8}")
    for name, attack in figures["attacks"].items():
        print(f"{name:30} {attack['sockets']:8} {attack['begun']:7} {attack['over']:8}")
    print("\n" + ("\n".join(figures["broken"]) or "the site holds"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--submitters", type=int, default=5)
    parser.add_argument("--p99-ms", type=int, default=P99_MS, help="limit, for a release binary on two cores")
    parser.add_argument("--only", nargs="*", metavar="ATTACK", help="these attacks alone; none: no attack")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run(given, folder))


if __name__ == "__main__":
    main()
