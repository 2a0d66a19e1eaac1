import Barchan
import CLzma

/// Expands one XZ stream that comes in pieces, within limits on memory and size.
///
/// Several blocks are expanded by several threads when that fits into the memory limit.
final class XZDecoder {
    private var stream = lzma_stream()
    private let output: UnsafeMutableRawBufferPointer
    private let limits: PackageLimits
    private var expanded: Int64 = 0
    private(set) var isAtEnd = false

    init(limits: PackageLimits) throws(HostError) {
        self.limits = limits
        output = .allocate(byteCount: 256 << 10, alignment: 16)
        var options = lzma_mt()
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
        stream.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = bytes.count
        while stream.avail_in > 0 {
            guard !isAtEnd else { throw Self.bad("there are more bytes behind the end of its XZ stream") }
            try step(LZMA_RUN, sink)
        }
    }

    /// The file is at its end; hands on the rest.
    /// - Throws: ``HostError`` `.invalidArgument` when the stream is not at its end.
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
                .resourceExhausted,
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
        case LZMA_BUF_ERROR: Self.bad("its XZ stream is cut off")
        case LZMA_FORMAT_ERROR: Self.bad("what follows the magic number is not an XZ stream")
        case LZMA_DATA_ERROR: Self.bad("its XZ stream is damaged")
        case LZMA_OPTIONS_ERROR: Self.bad("its XZ stream uses a filter that is unknown here")
        case LZMA_MEMLIMIT_ERROR, LZMA_MEM_ERROR:
            HostError(
                .resourceExhausted,
                "expand the package: that takes \(lzma_memusage(&stream) >> 20) MiB of memory, more than the "
                    + "\(limits.decoderBytes >> 20) MiB allowed here")
        default: HostError(.failed, "expand the package: liblzma error \(result.rawValue)")
        }
    }

    private static func bad(_ reason: String) -> HostError {
        HostError(.invalidArgument, "expand the package: \(reason)")
    }
}
