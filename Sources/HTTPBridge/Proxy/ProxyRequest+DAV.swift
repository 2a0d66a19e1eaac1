import CapnProto
import GrainSchemas
import HTTP1

extension ProxyRequest {
    /// The call for a method of WebDAV; nil for any other.
    ///
    /// Fields that are absent mean what RFC 4918 says: everything below (section 10.2), and that what is there is overwritten (10.6).
    /// - Throws: ``HTTPError/fieldValueMalformed`` for a Depth or Destination that is none.
    static func davStart(
        _ method: String, _ head: RequestHead, _ path: String, _ content: Content, _ context: ProxyContext
    ) throws(HTTPError) -> Start? {
        typealias Methods = Wire.WebSession.Methods
        let text = String(decoding: content.body, as: UTF8.self), size = content.body.count
        switch method {
        case "PROPFIND":
            let depth = try depth(head)
            return call(Methods.propfind, bytes: size) {
                $0.setPath(path)
                $0.setXmlContent(text)
                $0.setDepth(depth)
                context.fill($0.initContext())
            }
        case "PROPPATCH":
            return call(Methods.proppatch, bytes: size) {
                $0.setPath(path)
                $0.setXmlContent(text)
                context.fill($0.initContext())
            }
        case "MKCOL":
            return call(Methods.mkcol, bytes: size) {
                $0.setPath(path)
                content.fill($0.initContent())
                context.fill($0.initContext())
            }
        case "COPY":
            let destination = try destination(head), isShallow = try depth(head) == .zero
            let noOverwrite = noOverwrite(head)
            return call(Methods.copy) {
                $0.setPath(path)
                $0.setDestination(destination)
                $0.setNoOverwrite(noOverwrite)
                $0.setShallow(isShallow)
                context.fill($0.initContext())
            }
        case "MOVE":
            let destination = try destination(head), noOverwrite = noOverwrite(head)
            return call(Methods.move) {
                $0.setPath(path)
                $0.setDestination(destination)
                $0.setNoOverwrite(noOverwrite)
                context.fill($0.initContext())
            }
        case "LOCK":
            let isShallow = try depth(head) == .zero
            return call(Methods.lock, bytes: size) {
                $0.setPath(path)
                $0.setXmlContent(text)
                $0.setShallow(isShallow)
                context.fill($0.initContext())
            }
        case "UNLOCK":
            let token = head.fields.first("Lock-Token").map { String(decoding: $0, as: UTF8.self) } ?? ""
            return call(Methods.unlock) {
                $0.setPath(path)
                $0.setLockToken(token)
                context.fill($0.initContext())
            }
        case "ACL":
            return call(Methods.acl, bytes: size) {
                $0.setPath(path)
                $0.setXmlContent(text)
                context.fill($0.initContext())
            }
        case "REPORT":
            return call(Methods.report, bytes: size) {
                $0.setPath(path)
                content.fill($0.initContent())
                context.fill($0.initContext())
            }
        default: return nil
        }
    }

    private static func depth(_ head: RequestHead) throws(HTTPError) -> Wire.WebSession.PropfindDepth {
        guard let field = head.fields.first("Depth") else { return .infinity }
        switch String(decoding: field, as: UTF8.self).lowercased() {
        case "0": return .zero
        case "1": return .one
        case "infinity": return .infinity
        default: throw .fieldValueMalformed
        }
    }

    /// What stands behind the host, which does not count here, without the first slash.
    private static func destination(_ head: RequestHead) throws(HTTPError) -> String {
        guard let field = head.fields.first("Destination") else { throw .fieldValueMalformed }
        var text = String(decoding: field, as: UTF8.self)[...]
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            text = text.dropFirst(scheme.count).drop { $0 != "/" }
        }
        guard text.hasPrefix("/"), !text.hasPrefix("//") else { throw .fieldValueMalformed }
        return String(text.dropFirst())
    }

    private static func noOverwrite(_ head: RequestHead) -> Bool {
        head.fields.first("Overwrite")?.elementsEqual("F".utf8) ?? false
    }
}
