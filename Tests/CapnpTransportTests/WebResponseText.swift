import Barchan

extension WebResponse {
    /// This answer as the recording writes it, without white space.
    var text: String {
        let cookies = setCookies.map(\.text).joined(separator: ",")
        let headers = additionalHeaders.map { "(name=\(quoted($0.name)),value=\(quoted($0.value)))" }.joined(
            separator: ",")
        return "(setCookies=[\(cookies)],\(outcome.text),additionalHeaders=[\(headers)])"
    }
}

extension SetCookie {
    fileprivate var text: String {
        var fields = ["name=\(quoted(name))", "value=\(quoted(value))"]
        switch expiry {
        case .absolute(let seconds): fields.append("expires=(absolute=\(seconds))")
        case .relative(let seconds): fields.append("expires=(relative=\(seconds))")
        default: fields.append("expires=(none=void)")
        }
        fields.append("httpOnly=\(isHTTPOnly)")
        if !path.isEmpty { fields.append("path=\(quoted(path))") }
        return "(\(fields.joined(separator: ",")))"
    }
}

extension WebResponse.Outcome {
    fileprivate var text: String {
        switch self {
        case .content(let status, let content): "content=(\(content.text(status)))"
        case .noContent(let resets, let etag):
            "noContent=(shouldResetForm=\(resets)\(etag.map { ",eTag=\($0.text)" } ?? ""))"
        case .redirect(let isPermanent, let switchToGet, let location):
            "redirect=(isPermanent=\(isPermanent),location=\(quoted(location)),switchToGet=\(switchToGet))"
        case .preconditionFailed(let etag): "preconditionFailed=(\(etag.map { "matchingETag=\($0.text)" } ?? ""))"
        case .clientError(let status, let body):
            "clientError=(statusCode=\(status == 404 ? "notFound" : "badRequest"),\(body?.text ?? ""))"
        case .serverError(let body): "serverError=(\(body?.text ?? ""))"
        default: "other"
        }
    }
}

extension WebContent {
    fileprivate func text(_ status: Int) -> String {
        var fields: [String] = []
        if !encoding.isEmpty { fields.append("encoding=\(quoted(encoding))") }
        if !language.isEmpty { fields.append("language=\(quoted(language))") }
        if !mimeType.isEmpty { fields.append("mimeType=\(quoted(mimeType))") }
        switch body {
        case .bytes(let bytes): fields.append("body=(bytes=\(quoted(String(decoding: bytes, as: UTF8.self))))")
        default: fields.append("body=(stream=<externalcapability>)")
        }
        fields.append("statusCode=\(status == 206 ? "partialContent" : "ok")")
        fields.append("disposition=(\(downloadName.map { "download=\(quoted($0))" } ?? "normal=void"))")
        if let etag { fields.append("eTag=\(etag.text)") }
        return fields.joined(separator: ",")
    }
}

extension ETag {
    fileprivate var text: String { "(value=\(quoted(value)),weak=\(isWeak))" }
}

extension ErrorBody {
    fileprivate var text: String { "descriptionHtml=\(quoted(String(decoding: bytes, as: UTF8.self)))" }
}

/// A text as the recording quotes it, without white space.
private func quoted(_ text: String) -> String {
    "\"" + text.filter { $0 != " " }.flatMap { "\"\\".contains($0) ? "\\\($0)" : String($0) } + "\""
}
