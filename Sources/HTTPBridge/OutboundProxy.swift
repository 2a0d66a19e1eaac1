/// The proxy that the app's HTTP clients are told to use.
enum OutboundProxy {
    static let port: UInt16 = 15_239
}
