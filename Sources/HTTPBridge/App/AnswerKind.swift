import GrainSchemas

/// What becomes of an app's status (specification, section 7.5).
enum AnswerKind: Equatable {
    case content(Wire.WebSession.Response.SuccessCode)
    case noContent(shouldResetForm: Bool)
    case redirect(isPermanent: Bool, switchToGet: Bool)
    case preconditionFailed
    case clientError(Wire.WebSession.Response.ClientErrorCode)
    case serverError

    /// Nil for a status that has no place in a session.
    init?(status: Int) {
        switch status {
        case 200: self = .content(.ok)
        case 201: self = .content(.created)
        case 202: self = .content(.accepted)
        case 206: self = .content(.partialContent)
        case 207: self = .content(.multiStatus)
        case 204: self = .noContent(shouldResetForm: false)
        case 205: self = .noContent(shouldResetForm: true)
        case 301: self = .redirect(isPermanent: true, switchToGet: true)
        case 302, 303: self = .redirect(isPermanent: false, switchToGet: true)
        case 307: self = .redirect(isPermanent: false, switchToGet: false)
        case 308: self = .redirect(isPermanent: true, switchToGet: false)
        case 304, 412: self = .preconditionFailed
        case 400..<500: self = .clientError(Self.clientError(status))
        case 500..<600: self = .serverError
        default: return nil
        }
    }

    private static func clientError(_ status: Int) -> Wire.WebSession.Response.ClientErrorCode {
        switch status {
        case 403: .forbidden
        case 404: .notFound
        case 405: .methodNotAllowed
        case 406: .notAcceptable
        case 409: .conflict
        case 410: .gone
        case 413: .requestEntityTooLarge
        case 414: .requestUriTooLong
        case 415: .unsupportedMediaType
        case 418: .imATeapot
        case 422: .unprocessableEntity
        default: .badRequest
        }
    }

    /// Whether the body of the app's answer crosses.
    var hasBody: Bool {
        switch self {
        case .content, .clientError, .serverError: true
        case .noContent, .redirect, .preconditionFailed: false
        }
    }
}
