import Barchan
import CLzma

/// Expands XZ that comes in pieces, within limits on memory and size: what `xz -dc` expands, so several streams one behind
/// the other too, with padding behind each (.xz file format, section 2).
///
/// Several blocks are expanded by several threads when that fits into the memory limit.
final class XZDecoder {
    private var stream = lzma_stream()
    private let output: UnsafeMutableRawBufferPointer
    private let limits: PackageLimits
    private var expanded: Int64 = 0
    private var isAtEnd = false
    /// The first stream up to the end of its first block's header, which tells how much memory it takes.
    private var head: [UInt8] = []
    /// A stream's header and the longest block header (.xz file format, sections 2.1.1 and 3.1.1).
    private static let headBytes = 12 + 1024

    init(limits: PackageLimits) throws(HostError) {
        self.limits = limits
        output = .allocate(byteCount: 256 << 10, alignment: 16)
        var options = lzma_mt()
        options.flags = 0x08  // LZMA_CONCATENATED, a macro that Swift cannot see
        options.threads = UInt32(max(1, limits.decoderThreads))
        options.memlimit_threading = UInt64(min(limits.decoderBytes, limits.threadedDecoderBytes))
        options.memlimit_stop = UInt64(limits.decoderBytes)
        let result = lzma_stream_decoder_mt(&stream, &options)
        guard result == LZMA_OK else {
            throw HostError(.failed, "start the XZ decoder: liblzma error \(result.rawValue)")
        }
    }

    deinit {
        lzma_end(&stream)
        output.deallocate()
    }

    /// Takes the next bytes of the stream and hands on what they expand to.
    func feed(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        guard !bytes.isEmpty else { return }
        head.append(contentsOf: bytes.prefix(Self.headBytes - head.count))
        stream.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = bytes.count
        while stream.avail_in > 0 { try step(LZMA_RUN, sink) }
    }

    /// The file is at its end; hands on the rest.
    /// - Throws: ``HostError`` `.invalidArgument` when the last stream is not at its end.
    func finish(_ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void) throws(HostError) {
        stream.next_in = nil
        stream.avail_in = 0
        while !isAtEnd { try step(LZMA_FINISH, sink) }
    }

    private func step(
        _ action: lzma_action, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = output.count
        let result = lzma_code(&stream, action)
        let count = output.count - stream.avail_out
        expanded += Int64(count)
        guard expanded <= limits.expandedBytes else {
            throw HostError(
                .invalidArgument,
                "expand the package: it becomes larger than the \(limits.expandedBytes) bytes allowed here")
        }
        if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: output[..<count])) }
        switch result {
        case LZMA_OK: break
        case LZMA_STREAM_END: isAtEnd = true
        default: throw failure(result)
        }
    }

    private func failure(_ result: lzma_ret) -> HostError {
        switch result {
        case LZMA_BUF_ERROR: Self.bad("its XZ stream is cut off, or followed by something else")
        case LZMA_FORMAT_ERROR: Self.bad("what follows the magic number is not an XZ stream")
        case LZMA_DATA_ERROR: Self.bad("its XZ stream is damaged, or followed by something else")
        case LZMA_OPTIONS_ERROR: Self.bad("its XZ stream uses a filter that is unknown here")
        case LZMA_MEMLIMIT_ERROR: tooLarge
        case LZMA_MEM_ERROR: HostError(.resourceExhausted, "expand the package: there is not enough memory")
        default: HostError(.failed, "expand the package: liblzma error \(result.rawValue)")
        }
    }

    private var tooLarge: HostError {
        let allowed = "more memory than the \(limits.decoderBytes >> 20) MiB allowed here"
        let needed = neededBytes.flatMap { $0 > limits.decoderBytes ? ": \(($0 + (1 << 20) - 1) >> 20) MiB" : nil }
        return HostError(
            .invalidArgument,
            "expand the package: its XZ dictionary takes \(allowed)\(needed ?? ""); pack it again with at most 'xz -9'")
    }

    /// For the first block: the decoder with threads does not tell it.
    private var neededBytes: UInt64? {
        var probe = lzma_stream()
        guard lzma_stream_decoder(&probe, 1, 0) == LZMA_OK else { return nil }
        defer { lzma_end(&probe) }
        return head.withUnsafeBufferPointer { bytes in
            probe.next_in = bytes.baseAddress
            probe.avail_in = bytes.count
            return lzma_code(&probe, LZMA_RUN) == LZMA_MEMLIMIT_ERROR ? lzma_memusage(&probe) : nil
        }
    }

    private static func bad(_ reason: String) -> HostError {
        HostError(.invalidArgument, "expand the package: \(reason)")
    }
}
