import CZlib

/// A request's body as `gzip` coded it (RFC 1952), expanded.
enum GzipBody {
    enum Mistake: Error, Equatable { case malformed, tooLong }

    /// - Parameter maximumBytes: Of what comes out; nothing beyond is kept.
    static func expand(_ bytes: [UInt8], maximumBytes: Int) throws(Mistake) -> [UInt8] {
        // zlib remembers where the stream is.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15 is the largest window; 16 more says that only gzip's form is taken (zlib.h).
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .malformed
        }
        defer { inflateEnd(stream) }
        var input = bytes
        return try input.withUnsafeMutableBufferPointer { (input) throws(Mistake) in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(clamping: input.count)
            return try run(stream, maximumBytes)
        }
    }

    /// Several members one behind the other are one text.
    private static func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ maximumBytes: Int
    ) throws(Mistake) -> [UInt8] {
        var expanded: [UInt8] = []
        while true {
            let (piece, result) = step(stream)
            guard piece.count <= maximumBytes - expanded.count else { throw .tooLong }
            expanded += piece
            switch result {
            case Z_STREAM_END where stream.pointee.avail_in == 0: return expanded
            case Z_STREAM_END: inflateReset(stream)
            case Z_OK where stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0: continue
            default: throw .malformed
            }
        }
    }

    private static func step(_ stream: UnsafeMutablePointer<z_stream>) -> (piece: [UInt8], result: CInt) {
        let size = 64 << 10
        var result = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(size)
            result = inflate(stream, Z_NO_FLUSH)
            count = size - Int(stream.pointee.avail_out)
        }
        return (piece, result)
    }
}
