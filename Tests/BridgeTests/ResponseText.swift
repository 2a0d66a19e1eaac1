import CapnProto
import GrainSchemas

/// Results as text, in the form of the recorded ones but without white space.
enum ResponseText {
    static func written(_ response: Wire.WebSession.Response.Reader) throws -> String {
        var parts = ["setCookies=" + list(try response.setCookies.map(cookie))]
        parts.append(try outcome(response))
        parts.append("additionalHeaders=" + list(try response.additionalHeaders.map(header)))
        return group(parts)
    }

    static func written(_ options: Wire.WebSession.Options.Reader) throws -> String {
        let extensions = try options.davExtensions.map { quoted(try $0.text()) }
        return group([
            "davClass1=\(options.davClass1)", "davClass2=\(options.davClass2)", "davClass3=\(options.davClass3)",
            "davExtensions=" + list(extensions),
        ])
    }

    /// Recorded text without the white space between tokens.
    static func compact(_ text: some StringProtocol) -> String {
        var result = ""
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            if isQuoted || !character.isWhitespace { result.append(character) }
        }
        return result
    }

    private static func outcome(_ response: Wire.WebSession.Response.Reader) throws -> String {
        switch response.which {
        case .content: return "content=" + (try content(response.content))
        case .redirect:
            let redirect = response.redirect
            return "redirect="
                + group([
                    "isPermanent=\(redirect.isPermanent)", "location=" + quoted(try redirect.location),
                    "switchToGet=\(redirect.switchToGet)",
                ])
        case .clientError:
            let error = response.clientError
            return "clientError="
                + group([
                    "statusCode=\(name(error.statusCode))", "descriptionHtml=" + quoted(try error.descriptionHtml),
                ])
        case .serverError:
            return "serverError=" + group(["descriptionHtml=" + quoted(try response.serverError.descriptionHtml)])
        case .noContent:
            let empty = response.noContent
            let tag = empty.hasETag ? ["eTag=" + (try self.tag(empty.eTag))] : []
            return "noContent=" + group(["shouldResetForm=\(empty.shouldResetForm)"] + tag)
        case .preconditionFailed:
            let failed = response.preconditionFailed
            return "preconditionFailed="
                + group(failed.hasMatchingETag ? ["matchingETag=" + (try tag(failed.matchingETag))] : [])
        case nil: return "?"
        }
    }

    private static func content(_ content: Wire.WebSession.Response.Content.Reader) throws -> String {
        var parts: [String] = []
        if content.hasEncoding { parts.append("encoding=" + quoted(try content.encoding)) }
        if content.hasLanguage { parts.append("language=" + quoted(try content.language)) }
        if content.hasMimeType { parts.append("mimeType=" + quoted(try content.mimeType)) }
        switch content.body.which {
        case .bytes:
            let bytes = String(decoding: try content.body.bytes.array, as: UTF8.self)
            parts.append("body=" + group(["bytes=" + quoted(bytes)]))
        case .stream, nil: parts.append("body=" + group(["stream=<externalcapability>"]))
        }
        parts.append("statusCode=\(name(content.statusCode))")
        switch content.disposition.which {
        case .download: parts.append("disposition=" + group(["download=" + quoted(try content.disposition.download)]))
        case .normal, nil: parts.append("disposition=" + group(["normal=void"]))
        }
        if content.hasETag { parts.append("eTag=" + (try tag(content.eTag))) }
        return group(parts)
    }

    private static func cookie(_ cookie: Wire.WebSession.Cookie.Reader) throws -> String {
        var parts = ["name=" + quoted(try cookie.name), "value=" + quoted(try cookie.value)]
        switch cookie.expires.which {
        case .absolute: parts.append("expires=" + group(["absolute=\(cookie.expires.absolute)"]))
        case .relative: parts.append("expires=" + group(["relative=\(cookie.expires.relative)"]))
        case .none?, nil: parts.append("expires=" + group(["none=void"]))
        }
        parts.append("httpOnly=\(cookie.httpOnly)")
        if cookie.hasPath { parts.append("path=" + quoted(try cookie.path)) }
        return group(parts)
    }

    private static func tag(_ tag: Wire.WebSession.ETag.Reader) throws -> String {
        group(["value=" + quoted(try tag.value), "weak=\(tag.weak)"])
    }

    private static func header(_ header: Wire.WebSession.Response.Header.Reader) throws -> String {
        group(["name=" + quoted(try header.name), "value=" + quoted(try header.value)])
    }

    private static func name(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "?" }
    private static func group(_ parts: [String]) -> String { "(" + parts.joined(separator: ",") + ")" }
    private static func list(_ parts: [String]) -> String { "[" + parts.joined(separator: ",") + "]" }
    private static func quoted(_ text: String) -> String {
        "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }
}
