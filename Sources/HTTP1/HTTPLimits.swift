/// What a peer may make us keep.
public struct HTTPLimits: Sendable, Equatable {
    /// Start line and fields together, line ends included.
    public var headBytes: Int
    public var fieldCount: Int
    /// Everything of a chunked body that is not content: a size line, or all trailers together.
    public var chunkLineBytes: Int
    public var trailerBytes: Int
    /// Answers of the 1xx kind before the real one.
    public var interimResponses: Int

    public init(
        headBytes: Int = 65_536, fieldCount: Int = 256, chunkLineBytes: Int = 256, trailerBytes: Int = 8_192,
        interimResponses: Int = 8
    ) {
        self.headBytes = headBytes
        self.fieldCount = fieldCount
        self.chunkLineBytes = chunkLineBytes
        self.trailerBytes = trailerBytes
        self.interimResponses = interimResponses
    }
}
