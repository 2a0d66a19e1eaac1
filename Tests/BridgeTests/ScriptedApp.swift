import Glibc
import Testing

@testable import HTTPBridge

/// A server that answers each path with the bytes it was told, whatever they are.
struct ScriptedApp {
    let port: UInt16
    let folder: String
    private let answers: [String: [UInt8]]

    /// - Parameter answers: By path, without the leading slash. Unknown paths get a short good answer.
    init(_ answers: [String: String] = [:]) throws {
        port = try Place.freePort()
        folder = try Place.temporaryFolder()
        // One byte per scalar, so that bytes beyond ASCII can be written too.
        self.answers = answers.mapValues { $0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
    }

    /// What the app wrote down: `lost <path>` for each connection that was closed on it, and every request's head.
    var log: String { Place.contents(folder + "/log") }

    /// Writes the program to a file, because an argument may not be that long, and says how to run it.
    func command(startDelay: Double = 0) throws -> [String] {
        let table = answers.map { path, bytes in "'/\(path)':bytes.fromhex('\(hexadecimal(bytes[...]))')" }
        let program = Self.program
            .replacing("PORT", with: String(port)).replacing("LOG", with: folder + "/log")
            .replacing("DELAY", with: String(startDelay)).replacing(
                "TABLE", with: "{" + table.joined(separator: ",") + "}")
        let path = folder + "/app.py"
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        fputs(program, file)
        return ["python3", path]
    }

    private static let program = """
        import socket, threading, time
        table = TABLE
        def note(text):
            with open('LOG', 'a') as f: f.write(text + '\\n')
        def handle(c):
            d = b''
            while b'\\r\\n\\r\\n' not in d:
                x = c.recv(65536)
                if not x: return
                d += x
            head, _, body = d.partition(b'\\r\\n\\r\\n')
            note(head.decode('latin1'))
            path = head.split(b' ')[1].decode('latin1')
            try:
                if path == '/endless':
                    c.sendall(b'HTTP/1.1 200 OK\\r\\n\\r\\n')
                    sent = 0
                    while True:
                        c.sendall(b'x' * 65536)
                        sent += 65536
                        note('sent %d' % sent)
                elif path == '/silent':
                    note('waiting')
                    if not c.recv(1): note('lost ' + path)
                elif path == '/two':
                    c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nabc')
                    time.sleep(0.05)
                    c.sendall(b'def')
                elif path == '/early':
                    c.sendall(b'HTTP/1.1 413 Too Large\\r\\nContent-Length: 3\\r\\n\\r\\nbig')
                elif path == '/slowread':
                    time.sleep(0.2)
                    n = len(body)
                    while not body.endswith(b'0\\r\\n\\r\\n'):
                        x = c.recv(65536); n += len(x); body = (body + x)[-5:]
                    r = b'%d' % n
                    c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(r) + r)
                else:
                    # Its last bytes leave together with its end.
                    c.sendall(table.get(path, b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok'), socket.MSG_MORE)
            except OSError:
                note('lost ' + path)
            c.close()
        time.sleep(DELAY)
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', PORT)); s.listen(50)
        while True:
            c, _ = s.accept(); threading.Thread(target=handle, args=(c,), daemon=True).start()
        """
}
