import HTTP1Server

/// How long and how much the server puts up with, and whom it believes.
struct ServerLimits: Sendable {
    var proxies: TrustedProxies
    var request = RequestLimits()
    var connections = 1024
    /// From the first byte of a head, or the connection, to the head's end.
    var head = Duration.seconds(10)
    /// Between two requests.
    var idle = Duration.seconds(75)
    /// For a request that is on its way to a connection that waits, when the host stops.
    var lastRequest = Duration.milliseconds(200)
    /// Without a byte of a body we want to read, or without the client taking a byte we want to send.
    var stall = Duration.seconds(60)
    /// For a piece of an answer after the client has closed its direction.
    var halfClosed = Duration.seconds(2)
    /// For a client to close after we refused to read on.
    var linger = Duration.seconds(3)
    /// How much of a refused body is thrown away so that the client gets to read why.
    var lingerBytes = 16 << 20
    /// Bodies of known length below this are read before the request is passed on (specification, section 9.1).
    var shortBodyBytes: Int64 = 65_536
}
