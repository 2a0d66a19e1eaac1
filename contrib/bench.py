"""What `make bench` measures on a running host: opening a grain, requests per second, memory. See contrib/bench."""

import argparse
import atexit
import html
import http.client
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse


class Host:
    """A release build of the host with a data directory of its own, and somebody logged in."""

    def __init__(self, options, apps, settings=()):
        self.barchan = os.path.join(options.programs, "barchan")
        self.data = tempfile.mkdtemp(prefix="host-", dir=options.work)
        for app in apps:
            self.command("app", "install", os.path.join(options.examples, app + ".spk"))
        self.log = open(os.path.join(options.work, "host.log"), "wb")
        self.process = subprocess.Popen(
            [self.barchan, "serve", "--data", self.data, "--login-link", "--set", "frontend.http.port=0",
             "--set", "grains.idleSeconds=3600", "--set", "grains.sessionSeconds=3600",
             "--set", "isolation.provider=namespace",
             *(word for setting in settings for word in ("--set", setting))],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        atexit.register(self.process.terminate)
        address = link = None
        for line in self.process.stdout:
            if line.startswith("ready: "):
                address = line.split()[1]
            if line.startswith("login: "):
                link = line.split()[1]
                break
        if not link:
            sys.exit(f"the host did not start, see {self.log.name}")
        self.port = urllib.parse.urlsplit(address).port
        self.name = f"localhost:{self.port}"
        self.cookies = {}
        self.starters = []
        self.ask(self.name, "POST", urllib.parse.urlsplit(link).path)

    def command(self, *arguments):
        return subprocess.run([self.barchan, *arguments, "--data", self.data], check=True, capture_output=True, text=True).stdout

    def ask(self, host, method, path, body=None, site="same-origin", dest="document", mode="navigate"):
        """One request as a browser sends it: returns status, headers, body and the moment of the first byte."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {
            "Host": host, "User-Agent": "bench", "Accept": "text/html,*/*;q=0.8", "Accept-Language": "en",
            "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        jar = self.cookies.setdefault(host, {})
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if method == "POST":
            headers["Origin"] = f"http://{host}"
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        first = time.monotonic()
        content = answer.read()
        for field in answer.msg.get_all("Set-Cookie") or []:
            name, _, rest = field.partition("=")
            jar[name] = rest.partition(";")[0]
        connection.close()
        return answer.status, answer.msg, content, first

    def follow(self, host, path, **how):
        """Follows redirects within a host."""
        for _ in range(6):
            status, headers, content, first = self.ask(host, "GET", path, **how)
            if status not in (301, 302, 303, 307, 308):
                return status, content, first
            path = urllib.parse.urljoin(f"http://{host}{path}", headers["Location"])
            path = path.replace(f"http://{host}", "")
        sys.exit(f"too many redirects at {host}")

    def create(self, title):
        """Makes a grain of the app whose button says `title`; returns its identifier."""
        if not self.starters:
            page = self.ask(self.name, "GET", "/")[2].decode()
            self.starters = re.findall(r"<form[^>]*action=\"/grains\".*?</form>", page, re.S)
        for form in self.starters:
            if title in form:
                fields = dict(re.findall(r"name=\"(\w+)\" value=\"([^\"]*)\"", form))
                status, headers, content, _ = self.ask(self.name, "POST", "/grains", urllib.parse.urlencode(fields))
                if status not in (302, 303):
                    sys.exit(f"making a grain: {status} {content[:300]}")
                return headers["Location"].rsplit("/", 1)[1]
        sys.exit(f"the host offers no '{title}'")

    def open(self, grain):
        """Opens a grain as a browser does; returns the session's host name and the moment of the app's first byte."""
        status, _, content, _ = self.ask(self.name, "GET", f"/grain/{grain}")
        frame = re.search(r"<iframe src=\"([^\"]+)\"", content.decode())
        if status != 200 or not frame:
            sys.exit(f"opening a grain: {status}")
        self.page = dict(re.findall(r"data-(\w+)=\"([^\"]*)\"", content.decode()))
        address = urllib.parse.urlsplit(html.unescape(frame.group(1)))
        path = address.path + ("?" + address.query if address.query else "")
        status, content, first = self.follow(address.netloc, path, site="cross-site", dest="iframe")
        if status != 200:
            sys.exit(f"opening a grain: its app answers {status}: {content[:300]}")
        return address.netloc, first

    def close(self, page):
        """Closes a grain's page as a browser does, by what `open` left in `page`."""
        fields = urllib.parse.urlencode({"nonce": page["nonce"], "secret": page["secret"]})
        status = self.ask(self.name, "POST", f"/sessions/{page['session']}/close", fields, mode="no-cors", dest="empty")[0]
        if status >= 300:
            sys.exit(f"closing a session: {status}")

    def uses(self):
        """What `barchan top` says of each grain, by identifier."""
        text = self.command("top", "--once", "--json", "--interval", "0.1")
        return {use["grain"]: use for use in json.loads(text)}

    def stop_grain(self, grain):
        self.command("grain", "stop", grain)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.data)


# What an app learns of the person from the bridge, for apps that are asked without one.
BRIDGE_SAYS = {
    "X-Sandstorm-Permissions": "admin,edit,write", "X-Sandstorm-User-Id": "0" * 32, "X-Sandstorm-Username": "Bench",
    "X-Sandstorm-Preferred-Handle": "bench"}


class Bare:
    """The same app, started by its own script in a plain chroot: no walls, no bridge."""

    def __init__(self, options, name, command):
        if os.geteuid() != 0:
            sys.exit("the comparison with a bare app takes root, for chroot")
        self.root = os.path.join(options.work, f"bare-{name}")
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "-a", os.path.join(options.examples, name + ".tree"), self.root], check=True)
        subprocess.run(["chmod", "-R", "a+rX", self.root], check=True)  # As a package keeps them.
        for device, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
            path = os.path.join(self.root, "dev", device)
            if not os.path.exists(path):
                os.mknod(path, 0o666 | 0o020000, os.makedev(1, minor))
                os.chmod(path, 0o666)
        for folder in ("var", "tmp"):
            os.chown(os.path.join(self.root, folder), 1000, 1000)
        self.command = command
        manifest = open(os.path.join(os.path.dirname(__file__), "examples", name, "manifest.toml")).read()
        line = re.search(r"^environment = \[(.*)\]", manifest, re.M)
        self.environment = dict(pair.split("=", 1) for pair in re.findall(r"\"([^\"]*)\"", line.group(1))) if line else {}
        self.process = None

    def start(self):
        """Starts it and returns the seconds to the first byte of its front page."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=self.enter)
        atexit.register(end_group, self.process)
        while True:
            if self.process.poll() is not None:
                sys.exit(f"the bare app ended by itself; try: chroot --userspec=1000:1000 {self.root} {' '.join(self.command)}")
            try:
                socket.create_connection(("127.0.0.1", 8000)).close()
                break
            except OSError:
                if time.monotonic() - began > 30:
                    sys.exit("the bare app does not listen on port 8000 within 30 s")
                time.sleep(0.0005)
        path = "/"
        for _ in range(6):
            connection = http.client.HTTPConnection("127.0.0.1", 8000)
            connection.request("GET", path, headers={"Host": "localhost:8000", "Accept-Language": "en", **BRIDGE_SAYS})
            answer = connection.getresponse()
            first = time.monotonic()
            answer.read()
            connection.close()
            if answer.status not in (301, 302, 303):
                break
            path = urllib.parse.urljoin("http://localhost:8000" + path, answer.headers["Location"])
            path = path.replace("http://localhost:8000", "")
        return first - began

    def enter(self):
        os.chroot(self.root)
        os.chdir("/")
        os.setgroups([])
        os.setgid(1000)
        os.setuid(1000)

    def stop(self):
        end_group(self.process)
        self.process.wait()
        while True:
            try:
                socket.create_connection(("127.0.0.1", 8000)).close()
                time.sleep(0.002)
            except OSError:
                return


def end_group(process):
    """Ends a process that leads a group, and the group; nothing, where it is waited for already."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)


class FlowClient:
    """A connection to the flow app of an open grain, through the whole path."""

    def __init__(self, host, session):
        self.host, self.session = host, session
        cookie = "; ".join(f"{name}={value}" for name, value in host.cookies[session].items())
        self.fields = f"Host: {session}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nOrigin: http://{session}\r\n"

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.host.port))
        connection.settimeout(120)
        return connection

    def send_head(self, connection, line, fields=""):
        connection.sendall(f"{line} HTTP/1.1\r\n{self.fields}{fields}\r\n".encode())

    def read_head(self, connection):
        """Returns the length of the body and what came of it."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                sys.exit("flow: the host closed a connection before it answered")
            data += piece
        head, _, rest = data.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            sys.exit(f"flow: {head.decode()}")
        return int(re.search(rb"(?i)content-length: (\d+)", head).group(1)), rest

    def get(self, path):
        connection = self.connect()
        self.send_head(connection, f"GET {path}")
        length, body = self.read_head(connection)
        while len(body) < length:
            body += connection.recv(65536)
        connection.close()
        return body.decode()

    def state(self, name):
        return int(dict(line.split() for line in self.get("/state").splitlines())[name])

    def settled(self, name):
        """A count of the app once it no longer grows."""
        last, seen = -1, 0
        while seen < 5:
            now = self.state(name)
            seen = seen + 1 if now == last else 0
            last = now
            time.sleep(0.05)
        return last

    def reaches(self, name, count, what):
        began = time.monotonic()
        while self.state(name) < count:
            if time.monotonic() - began > 30:
                sys.exit(f"flow: {what}: not within 30 s")
            time.sleep(0.02)

    def download(self, count):
        connection = self.connect()
        self.send_head(connection, f"GET /bytes/{count}")
        length, rest = self.read_head(connection)
        if length != count:
            sys.exit(f"flow: asked for {count} bytes, promised {length}")
        got, buffer = len(rest), bytearray(1 << 20)
        while got < count:
            size = connection.recv_into(buffer)
            if not size:
                sys.exit(f"flow: the download ended after {got} of {count} bytes")
            got += size
        connection.close()

    def upload(self, count, chunked):
        connection = self.connect()
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {count}"
        self.send_head(connection, "POST /take", f"Content-Type: application/octet-stream\r\n{framing}\r\n")
        block, sent = bytes(1 << 20), 0
        while sent < count:
            part = block[:min(len(block), count - sent)]
            connection.sendall(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
            sent += len(part)
        if chunked:
            connection.sendall(b"0\r\n\r\n")
        _, body = self.read_head(connection)
        if int(body) != count:
            sys.exit(f"flow: sent {count} bytes, the app took {int(body)}")
        connection.close()


class Peak:
    """The most memory a process has had resident since this was made, beyond what it had then."""

    def __init__(self, pid):
        self.pid = pid
        with open(f"/proc/{pid}/clear_refs", "w") as file:
            file.write("5")
        self.before = self.read("VmRSS")

    def read(self, name):
        return int(re.search(rf"{name}:\s+(\d+) kB", open(f"/proc/{self.pid}/status").read()).group(1)) / 1024

    def highest(self):
        return self.read("VmHWM")


def bridge_of(host):
    """The bridge of the host's only grain."""
    for pid in descendants(host.process.pid):
        if open(f"/proc/{pid}/comm").read().startswith("sandstorm-http-"):
            return pid
    sys.exit("flow: the grain has no bridge")


def p99(ask, count=300):
    times = []
    for _ in range(count):
        began = time.monotonic()
        ask()
        times.append(time.monotonic() - began)
    return sorted(times)[count * 99 // 100]


# What the windows of host, bridge and sockets can hold together of one body that nobody takes, MiB.
HELD_MIB = 16
HOST_GROWTH_MIB, BRIDGE_MIB = 64, 16


def measure_flow(options):
    """Long bodies both ways, then peers that stop: fails when anything holds more than it may."""
    size = options.flow_mib << 20
    print(f"## flow: {options.flow_mib} MiB each way through the whole path")
    host = Host(options, ["flow"])
    client = FlowClient(host, host.open(host.create("New flow"))[0])
    bridge = bridge_of(host)
    rows, failures = [], []
    ways = [("download", lambda: client.download(size)), ("upload", lambda: client.upload(size, False)),
            ("upload of unknown length", lambda: client.upload(size, True))]
    for name, work in ways:
        peaks = Peak(host.process.pid), Peak(bridge)
        began = time.monotonic()
        work()
        rate = options.flow_mib / (time.monotonic() - began)
        growth, inside = peaks[0].highest() - peaks[0].before, peaks[1].highest()
        rows.append([name, f"{rate:.0f}", f"{growth:.1f}", f"{inside:.1f}"])
        if growth >= HOST_GROWTH_MIB:
            failures.append(f"{name}: the host grew by {growth:.1f} MiB, {HOST_GROWTH_MIB} are allowed")
        if inside >= BRIDGE_MIB:
            failures.append(f"{name}: the bridge had {inside:.1f} MiB, {BRIDGE_MIB} are allowed")
    table(["", "MiB/s", "host grew by MiB", "bridge had MiB"], rows)

    other = FlowClient(host, host.open(host.create("New flow"))[0])
    quiet = p99(lambda: other.get("/"))
    slow = client.connect()
    already = client.state("sent")
    client.send_head(slow, f"GET /bytes/{size}")
    held = (client.settled("sent") - already) / (1 << 20)
    print(f"a reader that reads nothing: the app could send {held:.1f} MiB")
    failures += [f"a slow reader's app could send {held:.1f} MiB, {HELD_MIB} are allowed"] if held > HELD_MIB else []
    meanwhile = p99(lambda: other.get("/"))
    print(f"p99 of a short answer of another grain: {milliseconds(quiet)} ms before, {milliseconds(meanwhile)} ms meanwhile,"
          f" {meanwhile / quiet:.2f} times; of the same grain {milliseconds(p99(lambda: client.get('/')))} ms")
    # On a quiet machine it stays within half as much again; a machine that does other things is no reason to fail.
    if meanwhile > max(5 * quiet, 0.5):
        failures.append(f"a slow reader slows another grain: {milliseconds(meanwhile)} ms instead of {milliseconds(quiet)}")
    aborted = client.state("broken")
    slow.close()
    client.reaches("broken", aborted + 1, "the app to notice that a reader went away")

    stuck = client.connect()
    stuck.settimeout(2)
    client.send_head(stuck, "POST /hold", f"Content-Length: {size}\r\n")
    sent = 0
    try:
        while sent < size:
            sent += stuck.send(bytes(65536))
    except TimeoutError:
        pass
    held = sent / (1 << 20)
    print(f"an app that takes nothing: the client could send {held:.1f} MiB")
    failures += [f"a client could send {held:.1f} MiB to an app that takes nothing, {HELD_MIB} are allowed"] if held > HELD_MIB else []
    lost = client.state("cut")
    stuck.close()
    client.get("/release")
    client.reaches("cut", lost + 1, "the app to notice that a client went away")
    host.end()
    if failures:
        sys.exit("flow: " + "; ".join(failures))


def table(heading, rows):
    columns = [[str(cell) for cell in column] for column in zip(heading, *rows)]
    widths = [max(map(len, column)) for column in columns]
    for row in zip(*columns):
        print("  ".join(cell.ljust(width) if index == 0 else cell.rjust(width)
                        for index, (cell, width) in enumerate(zip(row, widths))))


def milliseconds(seconds):
    return f"{seconds * 1000:.1f}"


SHELL = ["/bin/sh", "/start.sh"]
NGINX = ["/usr/sbin/nginx", "-c", "/etc/nginx.conf"]
APPS = [("dokuwiki", "New wiki", SHELL), ("fossil", "New repository", SHELL), ("hello", "New greeting", NGINX)]


def measure_open(options):
    print("## open: from the click on a stopped grain to the first byte of the app's page, ms")
    host = Host(options, [name for name, _, _ in APPS])
    rows = []
    for name, title, command in APPS:
        grain, bare = host.create(title), Bare(options, name, command)
        host.open(grain)
        bare.start()
        bare.stop()
        ours, theirs, warm = [], [], []
        for _ in range(options.rounds):
            host.stop_grain(grain)
            began = time.monotonic()
            ours.append(host.open(grain)[1] - began)
            began = time.monotonic()
            warm.append(host.open(grain)[1] - began)
            host.stop_grain(grain)
            theirs.append(bare.start())
            bare.stop()
        ours, theirs, warm = map(statistics.median, (ours, theirs, warm))
        rows.append([name, milliseconds(theirs), milliseconds(ours), f"{ours / theirs:.2f}", milliseconds(ours - theirs), milliseconds(warm)])
    table(["app", "bare", "in a grain", "ratio", "difference", "running grain, new tab"], rows)
    print(f"medians of {options.rounds} rounds, in turns; bare: the same files and script in a chroot")
    host.end()


HOGS = ["processor", "forks", "memory", "descriptors", "files", "log"]


def latencies(client, seconds):
    """The seconds that requests took, one after the other."""
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        client.get("/small")
        times.append(time.monotonic() - began)
        time.sleep(0.002)
    return times


def percentile(times, percent):
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)]


# Grains that break what is between them and the host: what they do is in contrib/examples/hog.
HOSTILE = ["flood", "stall", "garbage", "sink"]
HOSTILE_RATIO = 1.5


class Creators:
    """People who go on making grains of an app that never becomes one: nobody waits for what comes of it. Each is a process of its
    own: threads of this one would wait for each other, and whoever measures for them."""

    def __init__(self, host, title, count=4):
        self.host, self.title = host, title
        self.processes = [multiprocessing.Process(target=self.create, daemon=True) for _ in range(count)]
        for process in self.processes:
            process.start()

    def end(self):
        for process in self.processes:
            process.kill()
            process.join()

    def create(self):
        while True:
            try:
                self.host.create(self.title)
            except (SystemExit, OSError, http.client.HTTPException, KeyError):
                time.sleep(0.05)  # It was refused, or the host has ended.


def measure_hostile(options, name):
    """One row of `neighbours`; the host ends with what it was given."""
    host = Host(options, ["flow", "hog"], ["limits.memoryMiB=256"])
    client = FlowClient(host, host.open(host.create("New flow"))[0])
    latencies(client, 1)
    quiet = latencies(client, options.seconds)
    creators = Creators(host, f"New {name}")
    time.sleep(0.5)
    busy = latencies(client, options.seconds)
    uses = host.uses().values()
    creators.end()
    host.process.send_signal(signal.SIGKILL)
    host.process.wait()
    return row_of_neighbours(name, quiet, busy, {
        "processes": sum(use["processes"] or 0 for use in uses), "memoryBytes": sum(use["memoryBytes"] or 0 for use in uses)})


# Of a grain that is no longer there.
NO_USE = {"processes": 0, "memoryBytes": 0}


def row_of_neighbours(name, quiet, busy, use):
    before, beside = percentile(quiet, 99), percentile(busy, 99)
    return [
        name, milliseconds(percentile(quiet, 50)), milliseconds(percentile(busy, 50)), milliseconds(before), milliseconds(beside),
        f"{beside / before:.2f}", use["processes"], (use["memoryBytes"] or 0) >> 20, use.get("refusedProcesses", 0),
        use.get("memoryKills", 0)]


class Cage:
    """Control groups with the limits of a grain, and nothing else of one."""

    def __init__(self, name, limits):
        version1 = "/sys/fs/cgroup/{}"
        self.directories = []
        for controller, files in limits.items():
            base = version1.format(controller) if os.path.exists(version1.format(controller) + "/tasks") else "/sys/fs/cgroup"
            directory = os.path.join(base, f"bench-{os.getpid()}-{name}")
            if directory not in self.directories:
                os.mkdir(directory)
                self.directories.append(directory)
            for file, value in files.items():
                if os.path.exists(os.path.join(directory, file)):
                    self.write(directory, file, value)

    @staticmethod
    def write(directory, file, value):
        with open(os.path.join(directory, file), "w") as opened:
            opened.write(str(value))

    def enter(self):
        for directory in self.directories:
            self.write(directory, "cgroup.procs", os.getpid())

    def end(self):
        """Ends what is in it, however fast that starts others."""
        directory = self.directories[-1]
        while pids := open(os.path.join(directory, "cgroup.procs")).read().split():
            for pid in pids:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)
        for directory in self.directories:
            os.rmdir(directory)


class BareClient(FlowClient):
    """A connection to the flow app itself."""

    def __init__(self):
        self.fields = "Host: localhost:8000\r\n"

    def connect(self):
        return socket.create_connection(("127.0.0.1", 8000))


def measure_return(options):
    """Opening the page of a grain whose last page was closed, frozen since, and of one that runs."""
    host = Host(options, ["flow"], ["grains.idleSeconds=0", "grains.frozenSeconds=600"])
    kept, closed = host.create("New flow"), host.create("New flow")
    times = {"runs": [], "frozen": []}
    host.open(kept)
    for _ in range(options.rounds):
        began = time.monotonic()
        times["runs"].append(host.open(kept)[1] - began)
        host.close(host.page)
        host.open(closed)
        host.close(host.page)
        while host.uses()[closed]["state"] != "frozen":
            time.sleep(0.01)
        began = time.monotonic()
        times["frozen"].append(host.open(closed)[1] - began)
        host.close(host.page)
    table(["grain", "median", "90 of 100"],
          [[name, milliseconds(statistics.median(took)), milliseconds(percentile(took, 90))] for name, took in times.items()])
    print("from opening its page to the first byte of its app, through the whole path, ms; the aim is 2 ms more")
    host.end()


def measure_bare_neighbours(options, names):
    """The same app and the same hogs in control groups with the same limits, without a host: how often the 99th percentile is that of the
    app alone. No less can be had for a grain, whose answers pass through three programs instead of one."""
    limits = {"cpu": {}, "memory": {"memory.limit_in_bytes": 256 << 20, "memory.max": 256 << 20}, "pids": {"pids.max": 512}}
    ratios = {}
    flow, cage = Bare(options, "flow", ["/flow"]), Cage("flow", limits)
    join = flow.enter
    flow.enter = lambda: (cage.enter(), join())
    flow.start()
    client = BareClient()
    latencies(client, 1)
    hog = Bare(options, "hog", None)
    for name in names:
        quiet = latencies(client, options.seconds)
        beside = Cage(name, limits)
        reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        process = subprocess.Popen(
            ["/hog", name], stdin=subprocess.DEVNULL, stdout=reader.stdin, stderr=reader.stdin, start_new_session=True,
            preexec_fn=lambda: (beside.enter(), hog.enter()))
        reader.stdin.close()
        time.sleep(1)
        busy = latencies(client, options.seconds)
        beside.end()
        process.wait()
        reader.wait()
        ratios[name] = f"{percentile(busy, 99) / percentile(quiet, 99):.2f}"
    flow.stop()
    cage.end()
    return ratios


def measure_neighbours(options):
    print("## neighbours: a grain's answers beside one that takes whatever it can get, ms")
    chosen = options.hogs or HOGS + HOSTILE
    rows = [measure_hostile(options, name) for name in chosen if name in HOSTILE]
    host = Host(options, ["flow", "hog"], ["limits.memoryMiB=256"])
    victim, hog = host.create("New flow"), host.create("New hog")
    client = FlowClient(host, host.open(victim)[0])
    latencies(client, 1)
    onsets = {}
    for name in [name for name in chosen if name in HOGS]:
        quiet = latencies(client, options.seconds)
        host.ask(host.open(hog)[0], "GET", f"/hog/{name}")
        first = latencies(client, 1)
        busy = latencies(client, options.seconds)
        use = host.uses().get(hog, NO_USE)
        host.stop_grain(hog)
        rows.append(row_of_neighbours(name, quiet, busy, use))
        onsets[name] = f"{percentile(first, 99) / percentile(quiet, 99):.2f}"
    host.end()
    bare = measure_bare_neighbours(options, [name for name in chosen if name in HOGS])
    rows = [row[:6] + [onsets.get(row[0], ""), bare.get(row[0], "")] + row[6:] for row in rows]
    table(["hog", "p50 alone", "p50 beside", "p99 alone", "p99 beside", "p99 ratio", "first second", "bare ratio", "processes", "MiB", "refused", "killed"], rows)
    print(f"{options.seconds} s each, after a first second of its own; the last four columns are the hog's, or of all grains beside {', '.join(HOSTILE)}, which four people keep making;"
          f" {os.cpu_count()} processors; up to {HOSTILE_RATIO} times is the aim beside those, 2 beside the others. Bare: the same app"
          " and hog in control groups with the same limits, no host between. A grain that goes on running into a limit is ended")


def measure_idle(options):
    count = int(os.environ.get("GRAINS", 200))
    print(f"## idle: what the host's side of {count} idle grains costs, beside app and bridge, KiB each")
    host = Host(options, ["hello"], [f"limits.runningGrains={count + 10}", "isolation.namespace.parked=0"])
    host.create("New greeting")
    time.sleep(2)
    before, own = kernel_memory(), memory_of(host.process.pid)[2]
    inside = set(descendants(host.process.pid))
    for _ in range(count):
        host.create("New greeting")
    time.sleep(2)
    after, now = kernel_memory(), memory_of(host.process.pid)[2]
    processes = sum(private_memory(pid) for pid in set(descendants(host.process.pid)) - inside)
    parts = {name: after[name] - before[name] for name in before}
    parts["host process"] = now - own
    rows = [[name, f"{size / count:.0f}"] for name, size in parts.items()]
    rows.append(["all of that", f"{sum(parts.values()) / count:.0f}"])
    rows.append(["app and bridge (private), for comparison", f"{processes / count:.0f}"])
    table(["part", "KiB per grain"], rows)
    print("kernel memory is the whole machine's, so that of the apps' own processes and files is in it")
    host.end()


def kernel_memory():
    """What the kernel holds, by kind, KiB."""
    fields = dict(re.findall(r"^(\w+):\s+(\d+) kB", open("/proc/meminfo").read(), re.M))
    return {name: int(fields[key]) for name, key in (
        ("slab, not reclaimable", "SUnreclaim"), ("slab, reclaimable", "SReclaimable"), ("kernel stacks", "KernelStack"),
        ("page tables", "PageTables"), ("per processor", "Percpu"))}


def private_memory(pid):
    try:
        return memory_of(pid)[2]
    except (FileNotFoundError, ProcessLookupError):
        return 0


def await_port(port, process):
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.002)
    sys.exit(f"'{' '.join(process.args)}' ended by itself; is port {port} in use?")


PYTHON = ["/usr/bin/python3.11", "-S", "/app/server.py"]
SMALL, ONCE, LARGE = "/", "/once", "/large.txt"
# An app that does next to nothing, the same without keep-alive, one that does little, and two as they are in use.
LOADS = [
    ("nginx, one process", "hello", "New greeting", NGINX, [(SMALL, 1), (SMALL, 16), (SMALL, 64), (LARGE, 1), (LARGE, 16)]),
    ("nginx, a connection for each request", "hello", "New greeting", NGINX, [(ONCE, 1), (ONCE, 16), (ONCE, 64)]),
    ("Python, asyncio", "python", "New Python page", PYTHON, [(SMALL, 1), (SMALL, 16), (SMALL, 64), (LARGE, 1), (LARGE, 16)]),
    ("Fossil", "fossil", "New repository", SHELL, [("/timeline", 1), ("/timeline", 16)]),
    ("DokuWiki", "dokuwiki", "New wiki", SHELL, [("/doku.php?id=start", 1), ("/doku.php?id=start", 16)])]


class Proxy:
    """nginx as a proxy of port 8000: on 8091 with a connection for each request, as it comes, on 8092 with kept ones."""

    def __init__(self, options):
        self.root = tempfile.mkdtemp(dir=options.work)
        with open(os.path.join(self.root, "nginx.conf"), "w") as file:
            file.write(f"""daemon off; worker_processes 1; pid {self.root}/pid; error_log stderr;
                events {{ worker_connections 1024; }}
                http {{ access_log off; keepalive_requests 1000000;
                    client_body_temp_path {self.root}/body; proxy_temp_path {self.root}/proxy;
                    fastcgi_temp_path {self.root}/f; uwsgi_temp_path {self.root}/u; scgi_temp_path {self.root}/s;
                    upstream kept {{ server 127.0.0.1:8000; keepalive 64; keepalive_requests 1000000; }}
                    server {{ listen 127.0.0.1:8091; location / {{ proxy_pass http://127.0.0.1:8000; }} }}
                    server {{ listen 127.0.0.1:8092; location / {{
                        proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection ""; }} }} }}""")
        self.process = subprocess.Popen(
            ["/usr/sbin/nginx", "-p", self.root, "-c", f"{self.root}/nginx.conf"], stderr=subprocess.DEVNULL)
        atexit.register(self.process.terminate)
        await_port(8091, self.process)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        shutil.rmtree(self.root)


def processor_time(pid):
    """Seconds that a process, its threads and those of its children that are over were on a processor."""
    times = 0
    try:
        ended = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[13:15]
        tasks = os.listdir(f"/proc/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return 0  # It has just ended: its parent has its time.
    for task in tasks:
        try:
            times += int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass  # A thread that has ended.
    return times / 1e9 + sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")


def load(connections, seconds, port, path, headers):
    """Requests per second of one client with that many connections."""
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *headers, f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        print(f"  port {port}, {connections} connections: {re.search('(Non-2xx|Socket errors).*', output).group(0)}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))


def measure_load(options, label, name, title, command, loads):
    host = Host(options, [name])
    session, _ = host.open(host.create(title))
    bridge = bridge_of(host)
    cookie = "; ".join(f"{name}={value}" for name, value in host.cookies[session].items())
    bare, proxy = Bare(options, name, command), Proxy(options)
    bare.start()
    own = ["-H", f"Host: {session}", "-H", f"Cookie: {cookie}", "-H", "Sec-Fetch-Site: same-origin"]
    said = [word for name, value in BRIDGE_SAYS.items() for word in ("-H", f"{name}: {value}")]
    ways = [("app", 8000, said), ("nginx", 8091, said), ("nginx, kept", 8092, said), ("barchan", host.port, own)]
    parts = [("host", lambda: [host.process.pid]), ("bridge", lambda: [bridge]), ("app", lambda: descendants(bridge))]
    rows = []
    for path, connections in loads:
        rates, times = {way: [] for way, _, _ in ways}, {part: [] for part, _ in parts}
        for round_number in range(options.rounds_of_load):
            for offset in range(len(ways)):
                way, port, headers = ways[(round_number + offset) % len(ways)]
                before = {part: sum(map(processor_time, pids())) for part, pids in parts}
                rate = load(connections, options.seconds, port, path, headers)
                rates[way].append(rate)
                if way == "barchan":
                    for part, pids in parts:
                        used = sum(map(processor_time, pids())) - before[part]
                        times[part].append(used / (rate * options.seconds) * 1e6)
        medians = {way: statistics.median(rates[way]) for way in rates}
        print(f"{label}: {path}, {connections} measured", file=sys.stderr)
        rows.append(
            [f"{label}: {path}, {connections}"] + [f"{medians[way]:.0f}" for way in medians] +
            [f"{medians[way] / medians['app']:.2f}" for way in list(medians)[1:]] +
            [f"{statistics.median(times[part]):.0f}" for part in times])
    proxy.end()
    bare.stop()
    host.end()
    return rows


def measure_requests(options):
    print("## requests per second, answers of 200 bytes and of 1 MiB (/large.txt: about MB/s)")
    rows = [row for entry in LOADS for row in measure_load(options, *entry)]
    table(["app: path, connections", "app alone", "nginx", "nginx, kept", "barchan", "nginx share", "kept share",
           "barchan share", "host µs", "bridge µs", "app µs"], rows)
    print(f"medians of {options.rounds_of_load} rounds of {options.seconds} s each, in turns, wrk with one thread; nginx is a proxy as it"
          " comes, and one that keeps its connections; the last three: processor time per request of barchan's whole path")


def timed(command):
    """Runs a shell command; returns seconds, the largest peak of memory of a process in it in MiB, and what it printed."""
    began = time.monotonic()
    process = subprocess.Popen(["bash", "-euo", "pipefail", "-c", command], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"'{command}' failed")
    return time.monotonic() - began, usage.ru_maxrss / 1024, output


def disk_use(*folders):
    """MB on the disk, a file with several names counted once."""
    output = subprocess.run(["du", "-s", "-c", "--block-size=1K", *folders], check=True, capture_output=True, text=True).stdout
    return int(output.splitlines()[-1].split()[0]) * 1024 / 1e6


def next_version(options, name):
    """The same app a version later: a file in a hundred differs, the rest has its content and time."""
    tree, result = os.path.join(options.work, f"next-{name}.tree"), os.path.join(options.work, f"next-{name}.spk")
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["cp", "-a", os.path.join(options.examples, name + ".tree"), tree], check=True)
    files = sorted(os.path.join(folder, file) for folder, _, files in os.walk(tree) for file in files)
    for path in [path for path in files if os.path.isfile(path) and not os.path.islink(path)][::100]:
        with open(path, "ab") as file:
            file.write(b"\n")
    example = os.path.join(os.path.dirname(__file__), "examples", name)
    subprocess.run(
        [os.path.join(options.programs, "barchan"), "spk", "pack", "--root", tree, "--manifest", f"{example}/manifest.toml",
         "--bridge", os.path.join(options.examples, "barchan-http-bridge"), "--keyring",
         os.path.join(options.examples, name + ".key"), "--quiet", result], check=True, capture_output=True)
    shutil.rmtree(tree)
    return result


def measure_install(options):
    name = "dokuwiki"
    tree, package = (os.path.join(options.examples, name + ending) for ending in (".tree", ".spk"))
    archive, folder = os.path.join(options.work, "install.tar.xz"), os.path.join(options.work, "install")
    # As the package is compressed: the same blocks.
    timed(f"tar -C '{tree}' -c . | xz -6 -T0 --block-size=4MiB >'{archive}'")
    later = next_version(options, name)
    files = sum(len(files) for _, _, files in os.walk(tree))
    print(f"## install: {name}, {files} files, {disk_use(tree):.0f} MB, {os.path.getsize(package) / 1e6:.0f} MB as a package")
    install = f"'{options.programs}/barchan' app install --data '{folder}' --set storage.overlay.packageStore="
    unpack = (f"mkdir '{folder}' && xz -dc '{archive}' | bsdtar -x -f - -C '{folder}' && "
              f"find '{folder}' -type f -print0 | xargs -0 sha512sum >/dev/null")
    ways = [
        ("xz -dc | bsdtar -x, then sha512sum", "", unpack),
        ("directories", "", install + f"directories '{package}'"),
        ("directories, beside an earlier version", install + f"directories '{package}'", install + f"directories '{later}'"),
        ("images", "", install + f"images '{package}'")]
    results = {}
    for _ in range(options.install_rounds):
        for way, before, command in ways:
            shutil.rmtree(folder, ignore_errors=True)
            if before:
                timed(before)
            os.sync()
            seconds, peak, _ = timed(command)
            results.setdefault(way, []).append((seconds, peak))
    shutil.rmtree(folder, ignore_errors=True)
    base = statistics.median(seconds for seconds, _ in results[ways[0][0]])
    rows = []
    for way, _, _ in ways:
        seconds = sorted(seconds for seconds, _ in results[way])
        middle = statistics.median(seconds)
        rows.append([way, f"{middle:.2f}", f"{seconds[0]:.2f}-{seconds[-1]:.2f}", f"{middle / base:.2f}",
                     f"{max(peak for _, peak in results[way]):.0f}"])
    table(["", "s", "from-to", "ratio", "MiB at most"], rows)
    print(f"medians of {options.install_rounds} rounds in turns; ours end with everything on the disk, the comparison does not")
    measure_sharing(options, [package, later, *(os.path.join(options.examples, app + ".spk") for app in ("calendar", "native-python"))])


def measure_sharing(options, packages):
    """What each further package takes on the disk: a later version of the first, then two apps that run in Python."""
    print("## disk: MB after each package more, every one at a time alone and beside those before it")
    rows = []
    for store, share in (("directories", "false"), ("directories", "true"), ("images", "false")):
        folder, sizes = tempfile.mkdtemp(prefix="sharing-", dir=options.work), []
        for package in packages:
            timed(f"'{options.programs}/barchan' app install --data '{folder}' --set storage.overlay.packageStore={store} "
                  f"--set storage.overlay.shareFiles={share} '{package}'")
            sizes.append(disk_use(*(os.path.join(folder, "storage", part) for part in ("packages", "files"))))
        rows.append([store + (", shared" if share == "true" else "")] + [f"{size:.1f}" for size in sizes])
        shutil.rmtree(folder)
    table(["", *(os.path.basename(package) for package in packages)], rows)


def descendants(pid):
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = open(f"/proc/{entry}/stat").read().rpartition(")")[2].split()
                children.setdefault(int(stat[1]), []).append(int(entry))
            except OSError:
                pass
    found, pending = [], [pid]
    while pending:
        for child in children.get(pending.pop(), []):
            found.append(child)
            pending.append(child)
    return found


def memory_of(pid):
    fields = dict(re.findall(r"^(\w+):\s+(\d+) kB", open(f"/proc/{pid}/smaps_rollup").read(), re.M))
    name = open(f"/proc/{pid}/comm").read().strip()
    return name, int(fields["Pss"]), int(fields["Private_Clean"]) + int(fields["Private_Dirty"])


def measure_memory(options):
    print("## memory of an idle host and of an idle grain, by process, KiB")
    host = Host(options, [name for name, _, _ in APPS])
    rows, before = [], set(descendants(host.process.pid))
    for pid in [host.process.pid, *sorted(before)]:
        name, pss, private = memory_of(pid)
        rows.append(["host: " + name, pss, private])
    for app, title, _ in APPS:
        host.open(host.create(title))
        after = set(descendants(host.process.pid))
        for pid in sorted(after - before):
            try:
                name, pss, private = memory_of(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue  # It ended meanwhile: a sandbox made ahead came into use.
            rows.append([f"{app}: {name}", pss, private])
        before = after
    for pid in [host.process.pid]:
        name, pss, private = memory_of(pid)
        rows.append([f"host: {name}, with {len(APPS)} grains", pss, private])
    table(["process", "proportional (PSS)", "private"], rows)
    host.end()


class Browser:
    """Chromium over its debugging pipe, with one tab."""

    def __init__(self, options):
        program = next((p for p in ("/usr/bin/chromium", "/usr/bin/google-chrome") if os.path.exists(p)), None)
        if not program:
            sys.exit("pages: chromium is needed; run 'contrib/setup bench'")
        commands, answers = os.pipe(), os.pipe()
        self.profile = tempfile.mkdtemp(prefix="profile-", dir=options.work)
        # The program reads from 3 and writes to 4.
        shell = f'exec 3<&{commands[0]} 4>&{answers[1]}; exec "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "bash", program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox",
             "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
             f"--user-data-dir={self.profile}"],
            pass_fds=(commands[0], answers[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands[0])
        os.close(answers[1])
        self.commands, self.answers, self.number, self.rest = commands[1], answers[0], 0, b""
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Network.enable")

    def message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.answers, 1 << 16)
            if not piece:
                sys.exit("pages: Chromium has ended")
            self.rest += piece
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.commands, json.dumps(request).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            pass
        if "error" in answer:
            sys.exit(f"pages: {method}: {answer['error']['message']}")
        return answer["result"]

    def visit(self, url):
        """Milliseconds from the navigation to the answer's first byte, and to the page's first paint and the end of its scripts."""
        before = self.call("Runtime.evaluate", expression="performance.timeOrigin")["result"]["value"]
        self.call("Page.navigate", url=url)
        script = """new Promise(resolve => {
            const look = () => {
                const page = performance.getEntriesByType("navigation")[0];
                const paint = performance.getEntriesByName("first-contentful-paint")[0];
                if (page && page.domContentLoadedEventEnd > 0 && paint)
                    resolve([performance.timeOrigin, page.responseStart, Math.max(paint.startTime, page.domContentLoadedEventEnd)]);
                else setTimeout(look, 5);
            };
            look();
        })"""
        while True:
            origin, *times = self.call(
                "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)["result"]["value"]
            # Otherwise it was still the page before.
            if origin != before:
                return times

    def end(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def measure_pages(options):
    for number, count in enumerate(os.environ.get("PAGE_GRAINS", "100 1000").split()):
        if number:
            print()
        measure_pages_with(options, int(count))
    print("\nThe target is 100 ms.")


def measure_pages_with(options, count):
    print(f"## pages: from the navigation to a page that can be read and used, in Chromium, with {count} grains, ms")
    host = Host(options, ["hello"], ["grains.idleSeconds=1"])
    for _ in range(count):
        host.create("New greeting")
    browser = Browser(options)
    for name, value in host.cookies[host.name].items():
        browser.call("Network.setCookie", name=name, value=value, url=f"http://{host.name}/")
    rows = []
    for path in ["/", "/?q=greeting&sort=title", "/apps", "/trash", "/account", "/people", "/admin", "/admin/audit"]:
        browser.call("Network.clearBrowserCache")
        _, cold = browser.visit(f"http://{host.name}{path}")
        answers, times = zip(*(browser.visit(f"http://{host.name}{path}") for _ in range(options.rounds)))
        rows.append([path, f"{cold:.0f}", f"{statistics.median(times):.0f}", f"{max(times):.0f}",
                     f"{statistics.median(answers):.0f}"])
    table(["page", "first time, nothing cached", "median", "slowest", "of it to the first byte"], rows)
    browser.end()
    host.end()


parser = argparse.ArgumentParser()
parser.add_argument("topic", choices=["open", "install", "return", "neighbours", "requests", "memory", "idle", "flow", "pages"])
parser.add_argument("--programs", required=True)
parser.add_argument("--examples", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", 21)))
parser.add_argument("--rounds-of-load", type=int, default=int(os.environ.get("LOAD_ROUNDS", 3)))
parser.add_argument("--seconds", type=int, default=int(os.environ.get("SECONDS_EACH", 0)))
parser.add_argument("--hogs", nargs="*", default=os.environ.get("HOGS", "").split())
parser.add_argument("--flow-mib", type=int, default=int(os.environ.get("FLOW_MIB", 4096)))
parser.add_argument("--install-rounds", type=int, default=int(os.environ.get("INSTALL_ROUNDS", 7)))
arguments = parser.parse_args()
arguments.seconds = arguments.seconds or (5 if arguments.topic == "neighbours" else 3)
arguments.work = os.path.abspath(arguments.work)
sys.stdout.reconfigure(line_buffering=True)
{"open": measure_open, "install": measure_install, "return": measure_return, "neighbours": measure_neighbours, "requests": measure_requests,
 "memory": measure_memory, "idle": measure_idle, "flow": measure_flow,
 "pages": measure_pages}[arguments.topic](arguments)
