import Barchan
// What is said over the control socket.
@_exported import JSON

extension JSONValue {
    /// Reads JSON text.
    /// - Throws: ``HostError`` `.invalidArgument` with the position of the first mistake.
    public init(reading bytes: [UInt8]) throws(HostError) {
        do { self = try JSONParser.parse(bytes) } catch {
            throw HostError(.invalidArgument, "read JSON: \(error.reason)")
        }
    }
}
