// A plugin of the Cap'n Proto compiler: `capnp compile -o capnpc-swift:DIRECTORY SCHEMA...`.
//
// The compiler writes a CodeGeneratorRequest to standard input and runs the plugin in the output directory; one Swift
// file is written there for each schema.
import CapnProto
import Glibc

func fail(_ message: String) -> Never {
    let line = "capnpc-swift: \(message)\n"
    _ = write(2, line, line.utf8.count)
    exit(1)
}

func readStandardInput() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(0, &buffer, buffer.count)
        guard count >= 0 else { fail("read standard input: \(String(cString: strerror(errno)))") }
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

func save(_ text: String, to name: String) {
    guard let file = fopen(name, "w") else { fail("open '\(name)': \(String(cString: strerror(errno)))") }
    let isWritten = fputs(text, file) >= 0
    guard fclose(file) == 0, isWritten else { fail("write '\(name)': \(String(cString: strerror(errno)))") }
}

do {
    let limits = ReaderLimits(traversalWords: 64 << 20)
    let message = try MessageReader(readStandardInput(), framing: .stream, limits: limits)
    let request = try SchemaRequest(message.root.structure())
    let names = try SwiftNames(request)
    for file in request.requestedFiles {
        save(try FileWriter(request: request, names: names, file: file).text(), to: names.fileName(of: file))
    }
} catch let error as GeneratorError {
    fail(error.message)
} catch {
    fail("\(error)")
}
