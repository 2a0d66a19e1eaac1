/// Writes a body of unknown length as chunks.
public enum ChunkWriter {
    /// The line before `count` bytes of content; CR LF follows the content. `count` is not 0: that would end the body.
    public static func header(for count: Int) -> [UInt8] {
        Array(String(count, radix: 16).utf8) + [Octet.carriageReturn, Octet.lineFeed]
    }

    public static let contentEnd: [UInt8] = [Octet.carriageReturn, Octet.lineFeed]
    /// The last chunk, without trailers.
    public static let bodyEnd: [UInt8] = Array("0\r\n\r\n".utf8)
}
