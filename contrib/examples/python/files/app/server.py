"""A page that greets whoever opens it, in 200 bytes, and 1 MiB at /large.txt, from a web server of asyncio streams."""

import asyncio
import html

PAGE = (
    "<!doctype html><meta charset=utf-8><title>Hello</title><h1>Hello, {name}</h1>"
    "<p>You may {permissions} here, in {language}. This page is made anew for each request.</p>"
)
BODY_BYTES = 200
LARGE = b"".join(b"%063d\n" % (line * 2654435761 % 4294967296) for line in range(16384))


def fields_of(head):
    """The fields of a request by their names in lower case."""
    fields = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    return fields


def page(fields):
    """As many bytes for everybody, so that a measurement compares like with like."""
    permissions = fields.get("x-sandstorm-permissions") or "read"
    languages = [part.partition(";")[0].strip() for part in fields.get("accept-language", "").split(",")]
    text = PAGE.format(
        name=html.escape(fields.get("x-sandstorm-preferred-handle", "you")),
        permissions=html.escape(", ".join(permissions.split(","))),
        language=html.escape(languages[0] or "any language"))
    return text.encode()[:BODY_BYTES - 1].ljust(BODY_BYTES - 1, b".") + b"\n"


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
            fields = fields_of(head)
            await reader.readexactly(int(fields.get("content-length", 0)))
            kind, body = (b"plain", LARGE) if head.startswith(b"GET /large.txt ") else (b"html", page(fields))
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b"
                % (kind, len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 8000, backlog=511)
    await server.serve_forever()


asyncio.run(main())
