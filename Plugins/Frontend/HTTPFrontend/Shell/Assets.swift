import Barchan
import CSodium

/// A style sheet, script or picture of ours; the name holds a hash of the content, so browsers keep it for good.
struct Asset: Sendable {
    let path: String
    let type: String
    let bytes: [UInt8]

    init(_ name: String, _ ending: String, type: String, _ text: String) {
        bytes = Array(text.utf8)
        self.type = type
        var digest = [UInt8](repeating: 0, count: 16)
        crypto_generichash(&digest, digest.count, bytes, UInt64(bytes.count), nil, 0)
        let hash = digest.prefix(8).map { String($0 | 0x80, radix: 16) }.joined()
        path = "/assets/\(name).\(hash).\(ending)"
    }
}

enum Assets {
    static let style = Asset("style", "css", type: "text/css; charset=utf-8", styleText)
    static let script = Asset("shell", "js", type: "text/javascript; charset=utf-8", scriptText + grainScriptText)
    static let icon = Asset("barchan", "svg", type: "image/svg+xml", iconText)
    static let all = [style, script, icon]

    /// A dune: its long back to the wind, its horns ahead.
    private static let iconText = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#b4562c"/>\
        <circle cx="23.500" cy="8.500" r="2.600" fill="#f3c893"/>\
        <path d="M2 25C8 24 11 12 17 11c-2 4 1 7 4 9s6 3.500 9 5Z" fill="#fbe6c8"/>\
        <path d="M17 11c-2 4 1 7 4 9s6 3.500 9 5c-1-6-7-13-13-14Z" fill="#dd9f69"/></svg>
        """
}

extension ShellService {
    func asset(_ name: String) -> Response {
        guard let asset = Assets.all.first(where: { $0.path == "/assets/\(name)" }) else {
            return pages.error(404, ShellService.notFound.message)
        }
        var fields = HeaderPolicy.shell(frame: nil)
        fields.add("Content-Type", asset.type)
        fields.add("Cache-Control", "public, max-age=31536000, immutable")
        return Response(200, fields: fields, body: .bytes(asset.bytes))
    }
}
