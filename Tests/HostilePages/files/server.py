"""The hostile app's web server, inside a grain and, as control, outside one. usage: server.py PORT

Python's own http.server is not in Debian's smallest Python, and has no web sockets.
"""
import hashlib
import base64
import os
import socket
import sys
import threading
import time

WWW = os.path.join(os.path.dirname(os.path.abspath(__file__)), "www")
TYPES = {
    "html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml",
    "png": "image/png", "ttf": "font/ttf", "xml": "text/xml", "xsl": "text/xsl", "txt": "text/plain",
    "m3u8": "application/vnd.apple.mpegurl", "webmanifest": "application/manifest+json", "wav": "audio/wav",
}
NAMES = {200: "OK", 302: "Found", 404: "Not Found"}


def decoded(text):
    """Percent-decodes a query's value."""
    parts = text.replace("+", " ").split("%")
    data = parts[0].encode()
    for part in parts[1:]:
        data += bytes([int(part[:2], 16)]) + part[2:].encode()
    return data.decode()


def answer(connection, status, body=b"", kind="text/html; charset=utf-8", headers=()):
    lines = [f"HTTP/1.1 {status} {NAMES[status]}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)


def echo_socket(connection, key):
    """A web socket that sends back what comes, one short text frame at a time."""
    proof = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    connection.sendall(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         f"Sec-WebSocket-Accept: {proof}\r\n\r\n").encode())
    reader = connection.makefile("rb")
    while head := reader.read(2):
        if head[0] & 15 != 1 or head[1] & 127 > 125:
            return
        mask, body = reader.read(4), reader.read(head[1] & 127)
        text = bytes(byte ^ mask[index % 4] for index, byte in enumerate(body))
        connection.sendall(bytes([0x81, len(text)]) + text)


def signed_exchange(target):
    """An answer that claims to be signed by whoever is at `target`: to believe it or not a browser has to ask there. Written after
    draft-yasskin-http-origin-signed-responses, section 5.3; the signature is none."""
    now, zeros = int(time.time()), base64.b64encode(bytes(32)).decode()
    signature = (
        f'label;sig=*{zeros}*;integrity="digest/mi-sha256-03";validity-url="{target}validity";cert-url="{target}certificate";'
        f"cert-sha256=*{zeros}*;date={now - 60};expires={now + 3600}").encode()

    def string(text):
        return (bytes([0x40 | len(text)]) if len(text) < 24 else bytes([0x58, len(text)])) + text.encode()

    fields = {":status": "200", "digest": f"mi-sha256-03={zeros}", "content-type": "text/html", "content-encoding": "mi-sha256-03"}
    names = sorted(fields, key=lambda name: (len(name), name))
    headers = bytes([0xa0 | len(fields)]) + b"".join(string(name) + string(fields[name]) for name in names)
    url = target.encode()
    return (b"sxg1-b3\0" + len(url).to_bytes(2, "big") + url + len(signature).to_bytes(3, "big") +
            len(headers).to_bytes(3, "big") + signature + headers + (4096).to_bytes(8, "big") + b"hello")


def page(connection, path, fields, cookies, body):
    """What is not a file."""
    if path == "/echo":
        answer(connection, 200, body or fields.get("text", "").encode(), "text/plain")
    elif path == "/form":
        text = (body.decode() or "&".join(f"{name}={value}" for name, value in fields.items())).replace("<", "&lt;")
        answer(connection, 200, f"<!doctype html><p id=form>{text}</p>".encode())
    elif path == "/cookies":
        answer(connection, 200, cookies.encode(), "text/plain")
    elif path == "/set-cookie":
        domain = "; Domain=" + fields["domain"] if "domain" in fields else ""
        answer(connection, 200, headers=[("Set-Cookie", f"{fields['name']}=yes; Path=/{domain}")])
    elif path == "/events":
        answer(connection, 200, b"data: hello\n\n", "text/event-stream")
    elif path == "/download":
        answer(connection, 200, b"downloaded", "application/octet-stream",
               [("Content-Disposition", f'attachment; filename="{fields["name"]}"')])
    elif path == "/redirect":
        answer(connection, 302, headers=[("Location", fields["to"]), ("Access-Control-Allow-Origin", "*")])
    elif path == "/headers":
        # A page with whatever header lines it is asked for, and perhaps a broken picture that makes a browser report.
        answer(connection, 200, fields.pop("body", "<p>headers").encode(), headers=list(fields.items()))
    elif path == "/exchange":
        answer(connection, 200, signed_exchange(fields["to"]), "application/signed-exchange;v=b3",
               [("X-Content-Type-Options", "nosniff")])
    elif path == "/crash":
        print("ending as asked", flush=True)
        os._exit(7)
    elif path == "/document":
        answer(connection, 200, fields["body"].encode(), fields["type"])
    else:
        answer(connection, 404, b"<!doctype html><p>nothing here")


def serve(connection):
    reader = connection.makefile("rb")
    while line := reader.readline().decode():
        target, headers = line.split(" ")[1], {}
        while (field := reader.readline().decode("latin-1").strip()):
            name, value = field.split(":", 1)
            headers[name.lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", 0)))
        path, _, query = target.partition("?")
        fields = {}
        for pair in query.split("&") if query else []:
            name, _, value = pair.partition("=")
            fields[decoded(name)] = decoded(value)
        if "sec-websocket-key" in headers:
            return echo_socket(connection, headers["sec-websocket-key"])
        file = WWW + (path if path != "/" else "/index.html")
        if ".." not in path and os.path.isfile(file):
            with open(file, "rb") as opened:
                answer(connection, 200, opened.read(), TYPES.get(file.rsplit(".", 1)[-1], "text/plain"))
        else:
            page(connection, path, fields, headers.get("cookie", ""), body)


def thread(connection):
    with connection:
        try:
            serve(connection)
        except (ConnectionError, BrokenPipeError):
            pass


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
print(f"ready: {listener.getsockname()[1]}", flush=True)
while True:
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=thread, args=[accepted], daemon=True).start()
