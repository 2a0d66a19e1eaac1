"""An app without a web server: it speaks Cap'n Proto with its host on descriptor 3, through pycapnp.

The schemas are those of the host, read as they are: this is the example `native-app` once more, by other hands.
"""

import asyncio
import html
import os
import socket
from pathlib import Path

import capnp

IMPORTS = ["/schemas", str(Path(capnp.__file__).parent.parent)]
grain = capnp.load("/schemas/sandstorm/grain.capnp", imports=IMPORTS)
web = capnp.load("/schemas/sandstorm/web-session.capnp", imports=IMPORTS)
util = capnp.load("/schemas/sandstorm/util.capnp", imports=IMPORTS)
activity = capnp.load("/schemas/sandstorm/activity.capnp", imports=IMPORTS)

COUNTER = "counter"


class Data:
    """A number and a token, each in a small file of the grain's own data."""

    folder = Path("/var/visits")

    def read(self, name):
        path = self.folder / name
        return path.read_bytes() if path.exists() else b""

    def write(self, name, content):
        """Replaces the file as a whole, so that a kill at any moment leaves the old one or the new one."""
        self.folder.mkdir(exist_ok=True)
        fresh = self.folder / (name + ".new")
        with open(fresh, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self.folder / name)

    def count(self):
        number = int(self.read("count") or b"0") + 1
        self.write("count", str(number).encode())
        return number


class Counter(grain.AppPersistent.Server):
    """The app's one object that can be saved."""

    async def save(self, _context, **kwargs):
        _context.results.objectId.set_as_text(COUNTER)
        _context.results.label.defaultText = "The counter"


class Notification(activity.OngoingNotification.Server):
    async def cancel(self, **kwargs):
        """The handle is void by itself; there is nothing to stop here."""


class Session(web.WebSession.Server):
    """One person's session: a page, and two things to do on it."""

    def __init__(self, app, user):
        self.app, self.user = app, user

    async def get(self, path, _context, **kwargs):
        if path:
            return self.refuse(_context.results)
        content = _context.results.init("content")
        content.mimeType = "text/html; charset=UTF-8"
        content.body.bytes = self.page().encode()

    async def post(self, path, _context, **kwargs):
        if path == "awake":
            info = activity.NotificationDisplayInfo.new_message()
            info.caption.defaultText = "Counting the grains of a dune"
            answer = await self.app.api.stayAwake(displayInfo=info, notification=Notification())
            self.app.wake_lock = answer.handle
        elif path == "asleep":
            self.app.wake_lock = None
        else:
            return self.refuse(_context.results)
        redirect = _context.results.init("redirect")
        redirect.switchToGet = True
        redirect.location = "/"

    def refuse(self, response):
        error = response.init("clientError")
        error.statusCode = "notFound"
        error.descriptionHtml = "<p>There is one page, and this is not it.</p>"

    def page(self):
        restored = "yes" if self.app.is_restored else "no"
        awake = "yes" if self.app.wake_lock is not None else "no"
        return f"""<!DOCTYPE html>
<title>Native app in Python</title>
<h1>Hello, {html.escape(self.user)}</h1>
<p>Visits: <b id=visits>{self.app.data.count()}</b></p>
<p>Counter restored: <b id=restored>{restored}</b></p>
<p>Awake: <b id=awake>{awake}</b></p>
<form method=post action=/awake><button>Stay awake</button></form>
<form method=post action=/asleep><button>Sleep when nobody looks</button></form>
"""


class View(grain.MainView.Server):
    """What the host gets when it asks for the app."""

    def __init__(self):
        self.data = Data()
        self.api = None
        self.wake_lock = None
        self.is_restored = False

    async def getViewInfo(self, _context, **kwargs):
        permission = _context.results.init("permissions", 1)[0]
        permission.name = "count"
        permission.title.defaultText = "count"

    async def newSession(self, userInfo, context, sessionType, sessionParams, tabId, _context, **kwargs):
        if sessionType != web.WebSession.schema.node.id:
            raise ValueError("this app knows web sessions only")
        return Session(self, userInfo.displayName.defaultText)

    async def restore(self, objectId, **kwargs):
        if objectId.as_text() != COUNTER:
            raise ValueError("there is no such object")
        return Counter()

    async def begin(self, api):
        """Saves the counter in the first run, and in every other finds it again by its token."""
        self.api = api
        token = self.data.read("token")
        if not token:
            label = util.LocalizedText.new_message(defaultText="The counter")
            self.data.write("token", (await api.save(cap=Counter(), label=label)).token)
            return
        counter = (await api.restore(token=token)).cap.as_interface(grain.AppPersistent)
        saved = await counter.save()
        self.is_restored = saved.objectId.as_text() == COUNTER


async def main():
    stream = await capnp.AsyncIoStream.create_connection(sock=socket.socket(fileno=3))
    view = View()
    # Which end is called the server is no matter of the wire. pycapnp's server offers an object and can ask for one.
    host = capnp.TwoPartyServer(stream, bootstrap=view)
    beginning = asyncio.create_task(view.begin(host.bootstrap().cast_as(grain.SandstormApi)))
    beginning.add_done_callback(lambda task: task.exception() and print("begin:", task.exception(), flush=True))
    # The host is gone, and a grain never outlives it.
    await host.on_disconnect()


asyncio.run(capnp.run(main()))
