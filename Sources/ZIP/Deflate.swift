import Barchan
import CZlib

/// Compresses one file (RFC 1951). The object is used again for the next one.
final class Deflater {
    // At a fixed address: zlib remembers it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init() throws(HostError) {
        stream.initialize(to: z_stream())
        // Negative window bits: no header and no checksum of zlib's around it.
        let result = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw HostError(.resourceExhausted, "start to compress: zlib error \(result)") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func begin() { deflateReset(stream) }

    func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) { run(bytes, Z_NO_FLUSH, &output) }
    func finish(_ output: inout [UInt8]) { run(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH, &output) }

    private func run(_ bytes: UnsafeRawBufferPointer, _ flush: Int32, _ output: inout [UInt8]) {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        repeat {
            let count = buffer.withUnsafeMutableBufferPointer { buffer in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(buffer.count)
                _ = deflate(stream, flush)
                return buffer.count - Int(stream.pointee.avail_out)
            }
            output.append(contentsOf: buffer[..<count])
        } while stream.pointee.avail_out == 0
    }
}

/// Expands one file.
final class Inflater {
    // At a fixed address: zlib remembers it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private(set) var isAtEnd = false

    init() throws(HostError) {
        stream.initialize(to: z_stream())
        let result = inflateInit2_(stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw HostError(.resourceExhausted, "start to expand: zlib error \(result)") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// - Returns: False when the bytes are no deflated stream, or go on behind its end.
    func expand(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) -> Bool {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(bytes.count)
        while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
            guard !isAtEnd else { return stream.pointee.avail_in == 0 }
            let result = try buffer.withUnsafeMutableBufferPointer { buffer throws(HostError) in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(buffer.count)
                let result = inflate(stream, Z_NO_FLUSH)
                let count = buffer.count - Int(stream.pointee.avail_out)
                if count > 0 { try sink(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count)) }
                return result
            }
            switch result {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK: continue
            // Nothing more can be done with what is there.
            case Z_BUF_ERROR: return stream.pointee.avail_in == 0
            default: return false
            }
        }
        return true
    }
}

/// The checksum of zip.
public struct CRC32: Sendable {
    private var state = crc32(0, nil, 0)

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        state = crc32_z(state, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }

    public var value: UInt32 { UInt32(truncatingIfNeeded: state) }

    public static func of(_ bytes: [UInt8]) -> UInt32 {
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.value
    }
}
