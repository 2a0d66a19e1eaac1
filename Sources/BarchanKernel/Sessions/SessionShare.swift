import Barchan

/// Whose sessions are counted together and have a limit.
enum SessionShare: Hashable {
    case holder(SharingBook.Holder)
    /// Of whoever is not logged in, and of programs that show their address.
    case address([UInt8])
    case host

    /// One subscriber has a whole /64 of IPv6; one of IPv4 may write its address as one of IPv6.
    init(ofAddress bytes: [UInt8]) {
        let isMapped = bytes.count == 16 && bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff])
        self = .address(isMapped ? Array(bytes.suffix(4)) : Array(bytes.prefix(8)))
    }

    func limit(in limits: HostLimits) -> Int {
        switch self {
        case .holder(.account), .address: limits.sessionsPerAccount
        case .holder(.bearer): limits.sessionsPerLink
        case .host: limits.sessions
        }
    }

    func text(_ limit: Int) -> String {
        switch self {
        case .holder(.account): "\(limit) tabs are open already; close some"
        case .holder(.bearer): "\(limit) visitors have it open by the same link; try again later"
        case .address: "\(limit) tabs are open already where you are; close some, or log in"
        case .host: "\(limit) tabs are open on this host, as many as may be; try again later"
        }
    }
}
