/// Bytes that belong to a message but that the caller writes itself, so that they never have to be in memory at once.
///
/// A message with such blobs has two segments: the one that was built, and one with all blobs in the order in which they were
/// added. Write ``MessageBuilder/streamHeader``, then for each blob its `landingPad`, its bytes and its `padding`.
public struct ExternalBlob: Sendable {
    public let byteCount: Int
    /// Eight bytes in front of the blob: where its far pointer leads.
    public var landingPad: [UInt8] {
        let pointer = 1 | UInt64(ElementSize.byte.rawValue) << 32 | UInt64(byteCount) << 35
        return (0..<8).map { UInt8(truncatingIfNeeded: pointer >> ($0 * 8)) }
    }
    /// Zero bytes behind the blob, to the end of its last word.
    public var padding: Int { (8 - byteCount % 8) % 8 }

    var words: Int { 1 + (byteCount + 7) / 8 }
}

extension PointerBuilder {
    /// Points to a blob that the caller writes behind the message.
    ///
    /// - Returns: nil when the blob or all blobs together are too large for a message: 2^29 - 1 bytes and 4 GiB.
    public func setExternalData(byteCount: Int) -> ExternalBlob? {
        let blob = ExternalBlob(byteCount: byteCount)
        let limit = 1 << 29
        guard byteCount >= 0, byteCount < limit, message.externalWords + blob.words <= limit else { return nil }
        let far = UInt64(1) << 32 | UInt64(message.externalWords) << 3 | 2
        message.store(far, byte: position * 8)
        message.externalWords += blob.words
        message.externalBlobs.append(blob)
        return blob
    }
}
