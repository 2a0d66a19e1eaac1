import Barchan
import HTTP1Server

/// Pictures of people, and rendered offers, on a host name of their own so that pages of grains may show them
/// (specification, sections 8.6 and 10.4). Names are random, and what is behind one never changes.
struct PictureService: Sendable {
    let people: any PeopleDirectory
    let offers: OfferBox
    let shell: String

    func answer(_ request: Request) async -> Response {
        guard ["GET", "HEAD"].contains(request.head.method) else {
            var refused = PictureService.answer(405)
            refused.fields.add("Allow", "GET, HEAD")
            return refused
        }
        let path = request.head.target.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        if path.count == 2, path[0] == "offer", request.head.method == "GET",
            let offer = offers.take(path[1], now: Pages.now)
        {
            return ShellService.offer(offer, shell: shell)
        }
        if path.count == 2, path[0] == "identicon", Identicon.isName(path[1]) {
            return PictureService.answer(200, "image/svg+xml", Array(Identicon.svg(path[1]).utf8))
        }
        guard path.count == 1, let picture = try? await people.picture(path[0]) else {
            return PictureService.answer(404)
        }
        return PictureService.answer(200, picture.format == .png ? "image/png" : "image/jpeg", picture.bytes)
    }

    private static func answer(_ status: Int, _ type: String = "text/plain", _ bytes: [UInt8] = []) -> Response {
        var fields = HeaderPolicy.noPage(HeaderPolicy.picture)
        fields.add("Access-Control-Allow-Origin", "*")
        fields.add("Content-Type", type)
        fields.add("Cache-Control", status == 200 ? "public, max-age=31536000, immutable" : "no-store")
        return Response(status, fields: fields, body: .bytes(bytes))
    }
}

/// A picture for somebody who has none: five by five fields, left and right alike.
enum Identicon {
    static func isName(_ name: String) -> Bool {
        name.utf8.count == 32 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// - Parameter name: 32 hexadecimal digits.
    static func svg(_ name: String) -> String {
        let digits = name.utf8.map { Int($0 < 0x3a ? $0 - 0x30 : $0 - 0x57) }
        let hue = (digits[0] * 256 + digits[1] * 16 + digits[2]) % 360
        var fields = ""
        for column in 0..<3 {
            for row in 0..<5 where digits[3 + column * 5 + row] % 2 == 0 {
                for x in Set([column, 4 - column]).sorted() {
                    fields += "<path d=\"M\(x + 1) \(row + 1)h1v1h-1z\"/>"
                }
            }
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 7 7\" shape-rendering=\"crispEdges\">"
            + "<rect width=\"7\" height=\"7\" fill=\"#f1e8da\"/><g fill=\"hsl(\(hue) 55% 42%)\">\(fields)</g></svg>"
    }
}
