import Barchan
import CSodium

/// The nonce of a login's forms: BLAKE2b keyed with the login's secret. Nothing has to be stored, it survives a restart of the host, and the
/// secret cannot be found from it.
enum FormNonce {
    static func derive(from login: Secret) -> Secret {
        let key = Array(login.text.utf8.prefix(64)), label = Array("barchan form nonce 1".utf8)
        var digest = [UInt8](repeating: 0, count: 16)
        crypto_generichash(&digest, digest.count, label, UInt64(label.count), key, key.count)
        return Secret(String(decoding: digest.flatMap(hex), as: UTF8.self))
    }

    private static func hex(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
