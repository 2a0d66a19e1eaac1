import Barchan
import Glibc

/// A failed system call on a file as a sentence.
func fileError(_ attempt: String, _ path: String, _ number: CInt = errno) -> HostError {
    let code: HostError.Code =
        switch number {
        case ENOENT: .notFound
        case EEXIST: .alreadyExists
        case EACCES, EPERM: .permissionDenied
        case ENOSPC, EDQUOT, EMFILE, ENOMEM: .resourceExhausted
        default: .failed
        }
    return HostError(code, "\(attempt) '\(path)': \(String(cString: strerror(number)))")
}

/// A whole file.
func readFile(_ path: String, maximumBytes: Int) throws(HostError) -> [UInt8] {
    var bytes: [UInt8] = []
    try readFile(path) { part throws(HostError) in
        guard bytes.count + part.count <= maximumBytes else {
            throw HostError(.resourceExhausted, "read '\(path)': it is larger than \(maximumBytes) bytes")
        }
        bytes.append(contentsOf: part)
    }
    return bytes
}

/// A file in pieces; `-` is standard input.
func readFile(_ path: String, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void) throws(HostError) {
    let number = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw fileError("open", path) }
    let file = OwnedDescriptor(takingOwnershipOf: number)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let count = read(file.rawValue, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw fileError("read", path) }
        guard count > 0 else { return }
        try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}

/// Writes every byte, or throws.
func writeFully(_ bytes: UnsafeRawBufferPointer, to number: CInt, _ path: String) throws(HostError) {
    var rest = bytes
    while !rest.isEmpty {
        let count = Glibc.write(number, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw fileError("write", path) }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
}

func writeFully(_ bytes: [UInt8], to number: CInt, _ path: String) throws(HostError) {
    try bytes.withUnsafeBufferPointer { bytes throws(HostError) in
        try writeFully(UnsafeRawBufferPointer(bytes), to: number, path)
    }
}

extension [UInt8] {
    /// These bytes as a path, for names that need not be UTF-8.
    func withPath<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try (self + [0]).withUnsafeBufferPointer { bytes throws(Failure) in
            guard let start = bytes.baseAddress else { fatalError("a path has a zero byte at its end") }
            return try body(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
        }
    }
}
