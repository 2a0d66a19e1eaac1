import Barchan
import CLzma

/// Compresses into one XZ stream of blocks of fixed size, so that the same bytes always give the same file, whatever the
/// number of threads, and so that several threads can expand it.
final class XZEncoder {
    /// Small enough for two blocks to be expanded at once within ``PackageLimits/decoderBytes``, large enough to cost
    /// next to nothing in size.
    static let blockBytes: UInt64 = 4 << 20

    private var stream = lzma_stream()
    private let output: UnsafeMutableRawBufferPointer

    init(threads: Int) throws(HostError) {
        output = .allocate(byteCount: 256 << 10, alignment: 16)
        var options = lzma_mt()
        options.threads = UInt32(max(1, threads))
        options.block_size = Self.blockBytes
        options.check = LZMA_CHECK_CRC64
        var method = lzma_options_lzma()
        lzma_lzma_preset(&method, 6)
        method.dict_size = UInt32(Self.blockBytes)
        let result = withUnsafeMutablePointer(to: &method) { method in
            // LZMA_VLI_UNKNOWN, which ends the list, is a macro that Swift cannot see.
            let filters = [
                lzma_filter(id: 0x21, options: UnsafeMutableRawPointer(method)),
                lzma_filter(id: UInt64.max, options: nil),
            ]
            return filters.withUnsafeBufferPointer { filters in
                options.filters = filters.baseAddress
                return lzma_stream_encoder_mt(&stream, &options)
            }
        }
        guard result == LZMA_OK else {
            throw HostError(.failed, "start the XZ encoder: liblzma error \(result.rawValue)")
        }
    }

    deinit {
        lzma_end(&stream)
        output.deallocate()
    }

    /// Takes the next bytes and hands on what is ready of their compressed form.
    func feed(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) {
        guard !bytes.isEmpty else { return }
        stream.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = bytes.count
        while stream.avail_in > 0 { _ = try step(LZMA_RUN, sink) }
    }

    /// There is no more; hands on the rest.
    func finish(_ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void) throws(HostError) {
        stream.next_in = nil
        while try step(LZMA_FINISH, sink) != LZMA_STREAM_END {}
    }

    private func step(
        _ action: lzma_action, _ sink: (UnsafeRawBufferPointer) throws(HostError) -> Void
    ) throws(HostError) -> lzma_ret {
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = output.count
        let result = lzma_code(&stream, action)
        guard result == LZMA_OK || result == LZMA_STREAM_END else {
            throw HostError(
                result == LZMA_MEM_ERROR ? .resourceExhausted : .failed,
                "compress the package: liblzma error \(result.rawValue)")
        }
        let count = output.count - stream.avail_out
        if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: output[..<count])) }
        return result
    }
}
