/// A run of bytes in a message, not copied.
public struct DataReader: Sendable {
    let message: MessageReader
    let segment: Int
    let start: Int
    public let count: Int

    public var isEmpty: Bool { count == 0 }

    /// Calls `body` with the bytes where they are. The pointer is good only until `body` returns.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(message) {} }
        return try body(UnsafeRawBufferPointer(rebasing: message.segments[segment][start..<(start + count)]))
    }

    /// A copy of the bytes.
    public var array: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
