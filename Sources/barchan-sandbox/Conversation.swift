import Glibc

/// The grain's socket, which belongs to the network namespace of whoever made it: the host's.
enum Conversation {
    /// Gives it a name that nobody chose (unix(7), Autobind): a socket has one at most, so that a grain cannot give it another,
    /// which would be taken in the host's namespace. Nobody can connect to it; where it has a name already, nothing happens.
    static func takeName(_ socket: CInt) {
        var family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &family) { bytes in
            guard let address = bytes.baseAddress else { return }
            _ = bind(socket, address.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }
}
