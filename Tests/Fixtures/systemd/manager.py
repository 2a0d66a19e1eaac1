"""A bus of its own with something on it that looks like systemd's manager. usage: manager.py WAY

Prints the address of the bus, then one line of JSON for each call that comes: its signature, and its values with their types.
Ends with its standard input. WAY says how it answers: done, early (the signal comes before the answer), failed (the job fails),
error (it refuses), endless (no job ever ends), silent (no answer), absent (nobody has the name).
"""
import json
import os
import subprocess
import sys
import tempfile

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

MANAGER = "org.freedesktop.systemd1"
INTERFACE = MANAGER + ".Manager"
PATH = "/org/freedesktop/systemd1"
JOB = PATH + "/job/4711"
CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={0}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""
# As long as the bus.
KEPT = []


def say(value):
    print(json.dumps(value, sort_keys=True) if not isinstance(value, str) else value, flush=True)


def plain(value):
    """The value as nested lists, each simple one with its D-Bus type in front."""
    kinds = [(dbus.String, "s"), (dbus.Boolean, "b"), (dbus.UInt32, "u")]
    if isinstance(value, dbus.Array):
        return ["a" + str(value.signature)] + [plain(each) for each in value]
    if isinstance(value, dbus.Struct):
        return ["r"] + [plain(each) for each in value]
    for kind, code in kinds:
        if isinstance(value, kind):
            text = {"s": str, "b": bool, "u": int}[code](value)
            return ["v" * value.variant_level + code, text]
    return ["?" + type(value).__name__]


class Manager(dbus.service.Object):
    def __init__(self, bus, way):
        super().__init__(bus, PATH)
        self.way = way

    @dbus.service.method(
        INTERFACE, in_signature="ssa(sv)a(sa(sv))", out_signature="o", message_keyword="message",
        async_callbacks=("answer", "refuse"))
    def StartTransientUnit(self, name, mode, properties, auxiliary, message, answer, refuse):
        say({"signature": str(message.get_signature()), "destination": str(message.get_destination()),
             "values": [plain(each) for each in (name, mode, properties, auxiliary)],
             "levels": [each[1].variant_level for each in properties]})
        if self.way == "silent":
            return
        if self.way == "error":
            refuse(dbus.DBusException("Unit %s was already loaded." % name, name=MANAGER + ".UnitExists"))
            return
        # Of others, which do not count.
        self.JobRemoved(1, PATH + "/job/1", name, "failed")
        if self.way == "early":
            self.JobRemoved(4711, JOB, name, "done")
        answer(dbus.ObjectPath(JOB))
        self.JobRemoved(2, PATH + "/job/2", "other.scope", "failed")
        if self.way in ("done", "failed"):
            self.JobRemoved(4711, JOB, name, self.way)

    @dbus.service.signal(INTERFACE, signature="uoss")
    def JobRemoved(self, number, job, unit, result):
        pass


def main():
    way = sys.argv[1]
    with tempfile.TemporaryDirectory() as directory:
        with open(directory + "/configuration", "w") as file:
            file.write(CONFIGURATION.format(directory))
        daemon = subprocess.Popen(
            ["dbus-daemon", "--config-file=" + directory + "/configuration", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            address = daemon.stdout.readline().strip()
            if not address:
                sys.exit(daemon.stderr.read())
            DBusGMainLoop(set_as_default=True)
            bus = dbus.bus.BusConnection(address)
            if way != "absent":
                KEPT.append(dbus.service.BusName(MANAGER, bus))
            KEPT.append(Manager(bus, way))
            loop = GLib.MainLoop()
            GLib.io_add_watch(sys.stdin, GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
            say(address)
            loop.run()
        finally:
            daemon.kill()
            daemon.wait()


main()
# Without giving names back to a bus that has ended.
os._exit(0)
