import Barchan
import HTTP1

/// An app's icon, or a letter on a colour of its own. Icons come from packages: they are shown as pictures and never run.
enum AppPicture {
    static func response(_ app: InstalledPackage) -> Response {
        var fields = HeaderPolicy.noPage(HeaderPolicy.picture, for: "same-origin")
        fields.add("Cache-Control", "private, max-age=3600")
        let (type, bytes) = picture(app)
        fields.add("Content-Type", type)
        return Response(200, fields: fields, body: .bytes(bytes))
    }

    private static func picture(_ app: InstalledPackage) -> (type: String, bytes: [UInt8]) {
        if let icon = app.manifest.icon, icon.bytes.count <= 1 << 20 {
            if icon.format == .svg { return ("image/svg+xml", icon.bytes) }
            if icon.bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return ("image/png", icon.bytes) }
        }
        return ("image/svg+xml", Array(letter(app).utf8))
    }

    private static func letter(_ app: InstalledPackage) -> String {
        let hue = app.app.text.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff } % 360
        let initial = HTMLText.escaped(
            String(app.manifest.title.unicodeScalars.first.map(Character.init) ?? "?").uppercased())
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="hsl(\(hue) 42% 46%)"/>\
            <path d="M0 50 Q20 34 36 44 T64 38 V64 H0 Z" fill="hsl(\(hue) 42% 38%)"/>\
            <text x="32" y="41" font-family="system-ui,sans-serif" font-size="30" font-weight="650" text-anchor="middle" fill="#fff">\(initial)</text></svg>
            """
    }
}
