extension RequestFault {
    /// A head that is longer than `limit`, and what can be seen of it: whom it was for, and whether cookies made it so long.
    /// - Parameter input: The head, or what has come of it.
    static func overlong(_ input: UnsafeRawBufferPointer, limit: Int) -> RequestFault {
        var fault = RequestFault(431, "The request's fields are longer than \(limit) bytes.")
        var cookieBytes = 0
        var hosts: [String] = []
        for line in input.split(separator: 0x0a) {
            if value(of: "cookie:", in: line) != nil { cookieBytes += line.count }
            if let host = value(of: "host:", in: line) { hosts.append(host) }
        }
        fault.host = hosts.count == 1 ? hosts[0] : nil
        fault.isOfCookies = cookieBytes > limit / 2
        return fault
    }

    /// - Parameter name: In lower case, with its colon.
    private static func value(of name: String, in line: Slice<UnsafeRawBufferPointer>) -> String? {
        guard line.count >= name.utf8.count,
            zip(line, name.utf8).allSatisfy({ $0 | ($0 >= 0x41 && $0 <= 0x5a ? 0x20 : 0) == $1 })
        else { return nil }
        // Longer than any host name: nothing to look at.
        let value = line.dropFirst(name.utf8.count).prefix(300).filter { $0 > 0x20 }
        return String(decoding: value, as: UTF8.self).lowercased()
    }
}
