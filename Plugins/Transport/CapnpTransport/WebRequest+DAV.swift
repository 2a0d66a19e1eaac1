import Barchan
import CapnProto
import GrainSchemas

extension WebRequest {
    /// The call for a method of WebDAV. Bodies that the wire carries as text are repaired where they are not UTF-8.
    func davMessage(body: [UInt8]) -> RequestMessage {
        typealias Methods = Wire.WebSession.Methods
        let text = String(decoding: body, as: UTF8.self)
        switch method {
        case .propfind(let depth):
            return RequestMessage(Methods.propfind, bodyBytes: body.count) { params in
                params.setPath(path)
                params.setXmlContent(text)
                params.setDepth(depth.wire)
                fill(params.initContext())
            }
        case .proppatch:
            return RequestMessage(Methods.proppatch, bodyBytes: body.count) { params in
                params.setPath(path)
                params.setXmlContent(text)
                fill(params.initContext())
            }
        case .mkcol:
            return RequestMessage(Methods.mkcol, bodyBytes: body.count) { params in
                params.setPath(path)
                fill(params.initContent(), body)
                fill(params.initContext())
            }
        case .copy(let destination, let noOverwrite, let depth):
            return RequestMessage(Methods.copy) { params in
                params.setPath(path)
                params.setDestination(destination)
                params.setNoOverwrite(noOverwrite)
                params.setShallow(depth == .zero)
                fill(params.initContext())
            }
        case .move(let destination, let noOverwrite):
            return RequestMessage(Methods.move) { params in
                params.setPath(path)
                params.setDestination(destination)
                params.setNoOverwrite(noOverwrite)
                fill(params.initContext())
            }
        case .lock(let isShallow):
            return RequestMessage(Methods.lock, bodyBytes: body.count) { params in
                params.setPath(path)
                params.setXmlContent(text)
                params.setShallow(isShallow)
                fill(params.initContext())
            }
        case .unlock(let lockToken):
            return RequestMessage(Methods.unlock) { params in
                params.setPath(path)
                params.setLockToken(lockToken)
                fill(params.initContext())
            }
        case .acl:
            return RequestMessage(Methods.acl, bodyBytes: body.count) { params in
                params.setPath(path)
                params.setXmlContent(text)
                fill(params.initContext())
            }
        default:
            return RequestMessage(Methods.report, bodyBytes: body.count) { params in
                params.setPath(path)
                fill(params.initContent(), body)
                fill(params.initContext())
            }
        }
    }
}

extension WebRequest.PropfindDepth {
    fileprivate var wire: Wire.WebSession.PropfindDepth {
        switch self {
        case .infinity: .infinity
        case .zero: .zero
        case .one: .one
        @unknown default: .infinity
        }
    }
}
