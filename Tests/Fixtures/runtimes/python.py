import asyncio, ctypes, concurrent.futures, fcntl, mmap, multiprocessing, os, select, signal, socket, sqlite3, subprocess, sys
import tempfile, threading, time

def ok(name, value=True):
    if not value: sys.exit("failed: " + name)
    print("ok", name, flush=True)

def square(number): return number * number

def database():
    connection = sqlite3.connect("/var/python.db")
    ok("sqlite wal", connection.execute("pragma journal_mode=wal").fetchone()[0] == "wal")
    connection.execute("pragma mmap_size=67108864")
    connection.execute("create table t(a)")
    with connection: connection.executemany("insert into t values (?)", ((n,) for n in range(1000)))
    other = sqlite3.connect("/var/python.db")
    ok("sqlite second connection", other.execute("select count(*) from t").fetchone()[0] == 1000)
    connection.execute("pragma wal_checkpoint(truncate)")

def mapping():
    # A storage engine's file: space reserved, mapped, grown, synchronized, punched.
    with open("/var/mapped", "w+b") as file:
        os.posix_fallocate(file.fileno(), 0, 1 << 20)
        view = mmap.mmap(file.fileno(), 1 << 20)
        view.madvise(mmap.MADV_RANDOM)
        view[:5] = b"hello"
        view.flush()
        view.resize(2 << 20)
        view.madvise(mmap.MADV_DONTNEED)
        ok("mapped file", view[:5] == b"hello" and os.fstat(file.fileno()).st_size == 2 << 20)
        libc = ctypes.CDLL(None, use_errno=True)
        ok("punch hole", libc.fallocate(file.fileno(), 3, ctypes.c_long(0), ctypes.c_long(4096)) == 0 or ctypes.get_errno() == 95)
        os.fdatasync(file.fileno())
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ok("record lock")

async def network():
    async def answer(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()
    for host in ["127.0.0.1", "::1"]:
        server = await asyncio.start_server(answer, host, 0)
        reader, writer = await asyncio.open_connection(host, server.sockets[0].getsockname()[1])
        writer.write(b"ping\n")
        ok("asyncio " + host, await reader.readline() == b"ping\n")
        server.close()
    process = await asyncio.create_subprocess_exec("/bin/echo", "child", stdout=subprocess.PIPE)
    ok("asyncio child", (await process.communicate())[0] == b"child\n")

def main():
    database()
    mapping()
    asyncio.run(network())
    with multiprocessing.Pool(2) as pool: ok("process pool", pool.map(square, range(10)) == [n * n for n in range(10)])
    with concurrent.futures.ThreadPoolExecutor(4) as pool: ok("thread pool", sum(pool.map(square, range(10))) == 285)
    lock = multiprocessing.Lock()
    with lock: ok("named semaphore")
    ok("shell", subprocess.run("cat < /dev/null; exit 3", shell=True).returncode == 3)
    ok("temporary file", tempfile.TemporaryFile().write(b"x") == 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    ok("alarm", signal.sigwait([signal.SIGALRM]) == signal.SIGALRM)
    ok("processors", os.cpu_count() >= 1 and len(os.sched_getaffinity(0)) >= 1)
    ok("names", os.uname().nodename == "sandbox" and socket.gethostname() == "sandbox")
    ok("pages", os.sysconf("SC_PHYS_PAGES") > 0 and os.sysconf("SC_AVPHYS_PAGES") > 0)
    descriptor = os.memfd_create("memory")
    ok("memory file", os.write(descriptor, b"x") == 1)
    ok("copy in the kernel", os.copy_file_range(os.open("/var/mapped", os.O_RDONLY), os.open("/var/copied", os.O_CREAT | os.O_WRONLY), 5) == 5)
    ok("process descriptor", os.pidfd_open(os.getpid()) > 0)
    ok("extended attribute", os.setxattr("/var/copied", "user.a", b"1") is None)
    ok("interfaces", [name for _, name in socket.if_nameindex()] == ["lo"])
    ok("scheduling", os.nice(0) >= 0 and os.sched_getscheduler(0) == os.SCHED_OTHER)
    print("done")

if __name__ == "__main__": main()
