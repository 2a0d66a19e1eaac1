import Barchan
import HTTP1
import HTTP1Server

/// The HTTP side of opening a web socket (RFC 6455, section 4).
struct WebSocketHandshake {
    let key: String
    let protocols: [String]

    init(_ head: CheckedHead) throws(RequestFault) {
        guard head.method == "GET", head.minorVersion == 1, head.framing == .none else {
            throw RequestFault(400, "A web socket is opened with a GET of HTTP/1.1 without a body.")
        }
        guard head.value(of: "sec-websocket-version") == "13" else {
            throw RequestFault(426, "This server speaks version 13 of the web socket protocol.")
        }
        guard let key = head.value(of: "sec-websocket-key"), WebSocketHandshake.isKey(key) else {
            throw RequestFault(400, "The Sec-WebSocket-Key is not 16 bytes in base 64.")
        }
        self.key = key
        protocols = head.bytes(of: "sec-websocket-protocol").flatMap { field in
            ListElements(of: field).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func isKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes.suffix(2).elementsEqual([0x3d, 0x3d])
            && bytes.dropLast(2).allSatisfy { Base64.alphabet.contains($0) }
    }

    /// The lines that accept, with the one protocol that the app and the browser have in common.
    func accepted(_ response: WebSocketResponse, policy: FieldBlock) -> FieldBlock {
        var fields = policy
        let proof = SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        fields.add("Sec-WebSocket-Accept", Base64.text(proof))
        if let chosen = response.protocols.first(where: protocols.contains) {
            _ = fields.addForeign("Sec-WebSocket-Protocol", chosen)
        }
        return fields
    }
}

enum Base64 {
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - part.count))
            for index in 0..<4 {
                let isPadding = index > part.count
                result.append(isPadding ? 0x3d : alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Only for the handshake, where nothing depends on its strength.
enum SHA1 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        let bits = UInt64(message.count) &* 8
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
        for start in stride(from: 0, to: bytes.count, by: 64) { compress(bytes[start..<(start + 64)], into: &state) }
        return state.flatMap { word in
            stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
            block[start..<(start + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<80 {
            words.append(rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for (index, word) in words.enumerated() {
            let (f, k): (UInt32, UInt32) =
                switch index {
                case 0..<20: (b & c | ~b & d, 0x5a82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ed9_eba1)
                case 40..<60: (b & c | b & d | c & d, 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            (a, b, c, d, e) = (rotate(a, 5) &+ f &+ e &+ k &+ word, a, rotate(b, 30), c, d)
        }
        state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
