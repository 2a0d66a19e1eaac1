import CapnProto
import GrainSchemas

/// Gives libFuzzer's bytes to everything that reads messages; compiled with `Tests/CapnProtoTests/Walker.swift`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    Walker.read(bytes, framing: .stream)
    Walker.read(bytes, framing: .flat)
    if let unpacked = try? PackedCodec.unpack(bytes, maximumBytes: 1 << 16) {
        precondition((try? PackedCodec.unpack(PackedCodec.pack(unpacked))) == unpacked, "packing loses nothing")
    }
    return 0
}
