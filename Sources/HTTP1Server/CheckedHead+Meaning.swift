import HTTP1

extension CheckedHead {
    /// Reads the fields that decide where the request goes and where it ends.
    func interpret() throws(RequestFault) {
        try readHost()
        try readTarget()
        try readFraming()
        try readConnection()
    }

    private func readHost() throws(RequestFault) {
        let hosts = fields.filter { isNamed($0, "host") }
        guard hosts.count == 1 else {
            throw RequestFault(400, hosts.isEmpty ? "The request has no Host." : "The request has more than one Host.")
        }
        for index in hosts[0].value where bytes[index] >= 0x41 && bytes[index] <= 0x5a { bytes[index] |= 0x20 }
        guard isAuthority(bytes[hosts[0].value]) else {
            throw RequestFault(400, "The request's Host is not a host name.")
        }
        host = text(hosts[0].value)
    }

    /// Leaves the origin form; the absolute one has to name the same host.
    private func readTarget() throws(RequestFault) {
        if method == "CONNECT" { throw RequestFault(501, "This server is no proxy.") }
        if target == "*" {
            guard method == "OPTIONS" else { throw RequestFault(400, "Only OPTIONS may ask for '*'.") }
            return
        }
        if !target.utf8.starts(with: [0x2f]) {
            let prefix = "http://\(host)"
            guard target.utf8.count > 7, target.prefix(prefix.count).lowercased() == prefix else {
                throw RequestFault(400, "The address does not start with '/', or names another host.")
            }
            let rest = target.dropFirst(prefix.count)
            guard rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("?") else {
                throw RequestFault(400, "The address names another host.")
            }
            target = rest.hasPrefix("/") ? String(rest) : "/" + rest
        }
        let path = target.utf8.prefix { $0 != 0x3f }
        if path.contains(0x25), String(decoding: path, as: UTF8.self).contains("%00") {
            throw RequestFault(400, "The address holds a zero byte.")
        }
    }

    private func readFraming() throws(RequestFault) {
        let codings = values(of: "transfer-encoding"), lengths = values(of: "content-length")
        if codings.isEmpty && lengths.isEmpty { return }
        guard codings.isEmpty || lengths.isEmpty else {
            throw RequestFault(400, "The request has both Content-Length and Transfer-Encoding.")
        }
        framing = codings.isEmpty ? try length(from: lengths) : try chunked(from: codings)
    }

    private func length(from values: [String]) throws(RequestFault) -> RequestFraming {
        guard values.count == 1 else { throw RequestFault(400, "The request has more than one Content-Length.") }
        let digits = values[0].utf8
        guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy(isDigit), let length = Int64(values[0]) else {
            throw RequestFault(400, "The request's Content-Length is not a number.")
        }
        return length == 0 ? .none : .length(length)
    }

    private func chunked(from values: [String]) throws(RequestFault) -> RequestFraming {
        guard minorVersion == 1 else { throw RequestFault(400, "HTTP/1.0 has no Transfer-Encoding.") }
        guard values.count == 1 else { throw RequestFault(400, "The request has more than one Transfer-Encoding.") }
        guard values[0].utf8.equalsIgnoringCase("chunked") else {
            throw RequestFault(501, "The only Transfer-Encoding this server knows is 'chunked'.")
        }
        return .chunked
    }

    private func readConnection() throws(RequestFault) {
        keepsAlive = minorVersion == 1
        var asksForUpgrade = false
        for value in bytes(of: "connection") {
            for option in value.split(separator: 0x2c).map({ $0.trimmed() }) {
                if option.equalsIgnoringCase("close") { keepsAlive = false }
                if option.equalsIgnoringCase("upgrade") { asksForUpgrade = true }
            }
        }
        let protocols = bytes(of: "upgrade"), expectations = bytes(of: "expect")
        asksForWebSocket = asksForUpgrade && protocols.count == 1 && protocols[0].equalsIgnoringCase("websocket")
        guard let expectation = expectations.first else { return }
        guard expectations.count == 1, expectation.equalsIgnoringCase("100-continue") else {
            throw RequestFault(417, "The only expectation this server knows is '100-continue'.")
        }
        expectsContinue = minorVersion == 1
    }
}

/// A host name, an IPv4 address or an IPv6 address in brackets, with or without a port.
private func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
    var end = bytes.endIndex
    if let colon = bytes.lastIndex(of: 0x3a), !bytes[colon...].contains(0x5d) {
        let port = bytes[(colon + 1)...]
        guard !port.isEmpty, port.count <= 5, port.allSatisfy(isDigit) else { return false }
        end = colon
    }
    let name = bytes[..<end]
    guard let first = name.first, name.count <= 255 else { return false }
    if first == 0x5b {
        return name.last == 0x5d
            && name.dropFirst().dropLast().allSatisfy { isHexDigit($0) || $0 == 0x3a || $0 == 0x2e }
    }
    return name.allSatisfy { isDigit($0) || ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f }
}

func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66) }
