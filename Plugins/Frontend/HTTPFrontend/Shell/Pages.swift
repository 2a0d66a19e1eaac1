import Barchan
import Glibc
import JSON
import Mustache

/// Makes our own pages.
struct Pages: Sendable {
    private let library: MustacheLibrary

    init() throws(HostError) { library = try Templates.library() }

    // MARK: Pages

    /// - Parameter next: Where somebody goes once they are logged in.
    func welcome(hasMail: Bool, next: String) -> Response {
        page(403, "welcome", title: "Welcome", ["hasMail": hasMail, "next": next], nil)
    }

    func login(token: String) -> Response {
        page(200, "login", title: "Log in", ["token": PercentText.encode(token)], nil)
    }

    func apps(
        _ apps: [InstalledPackage], uninstalled: [UninstalledApp], upgrades: [AppUpgrade],
        notice: (text: String, app: AppID)?, problem: String?, status: Int = 200, _ person: Person
    ) -> Response {
        var values: [String: Any] = [
            "apps": apps.map(Pages.values), "hasApps": !apps.isEmpty, "atApps": true, "offers": Pages.offers(upgrades),
            "hasUninstalled": !uninstalled.isEmpty,
            "uninstalled": uninstalled.map { ["title": $0.package.manifest.title, "text": $0.text] },
        ]
        if let notice {
            values["notice"] = notice.text
            values["app"] = notice.app.text
        }
        if let problem { values["problem"] = problem }
        return page(status, "apps", title: "Apps", values, person)
    }

    func grain(
        _ grain: GrainSummary, session: any GrainSession, origin: String, frame: String, base: String,
        except exceptions: PageExceptions, _ person: Person?
    ) -> Response {
        var values = Pages.values(grain, now: 0, hasIcon: false)
        values["icon"] = Assets.icon.path
        values["session"] = session.identifier.text
        values["secret"] = session.secret.text
        values["origin"] = origin
        values["base"] = base
        values["isOwned"] = grain.isOwned
        values["person"] = person != nil
        values["frame"] = frame
        values["sandbox"] = HeaderPolicy.sandbox
        values["allow"] = exceptions.features.joined(separator: "; ")
        values["exceptions"] = exceptions.descriptions
        values["hasExceptions"] = !exceptions.isEmpty
        return page(
            200, "grain", title: grain.title, values, person, frame: origin, features: exceptions.features)
    }

    func log(_ grain: GrainSummary, text: String, _ person: Person) -> Response {
        var values = Pages.values(grain, now: 0, hasIcon: false)
        values["icon"] = Assets.icon.path
        values["text"] = text
        values["isEmpty"] = text.isEmpty
        if case .crashed(let reason) = grain.state { values["problem"] = reason }
        return page(200, "log", title: "Log of \(grain.title)", values, person)
    }

    func removeGrain(_ grain: GrainSummary, _ person: Person) -> Response {
        var values = Pages.values(grain, now: 0, hasIcon: false)
        values["icon"] = Assets.icon.path
        values["back"] = grain.expires == nil ? "/grain/\(grain.identifier)" : "/trash"
        return page(200, "remove", title: "Delete \(grain.title)", values, person)
    }

    func error(_ status: Int, _ message: String, person: Person? = nil, trace: TraceID? = nil) -> Response {
        let values: [String: Any] = [
            "heading": Pages.heading(status), "message": message,
            "status": "\(status) \(StatusLine.name(status))" + (trace.map { " · trace \($0)" } ?? ""),
            "isInTrash": status == 410,
        ]
        return page(status, "error", title: Pages.heading(status), values, person)
    }

    /// The browser is asked to delete its cookies for the whole domain, because it would be refused again and again otherwise
    /// (W3C Clear Site Data).
    var tooManyCookies: Response {
        var response = error(
            431,
            "Your browser sent more cookies than this server takes. A page of a grain can set such cookies for every page here. "
                + "Close the grain that you opened last, load this page again, and log in: the browser was asked to delete all cookies of "
                + "this domain, your login among them. If this page comes again, delete the cookies in the browser’s settings."
        )
        response.fields.add("Clear-Site-Data", "\"cookies\"")
        return response
    }

    private static func heading(_ status: Int) -> String {
        switch status {
        case 403: "Not for you, or not like this"
        case 404, 421: "There is nothing here"
        case 410: "This is in the trash"
        case 500...: "This did not work"
        default: "This request was refused"
        }
    }

    func page(
        _ status: Int, _ template: String, title: String, _ values: [String: Any], _ person: Person?,
        frame: String? = nil, features: [String] = []
    ) -> Response {
        var values = values
        if values["nonce"] == nil { values["nonce"] = person?.nonce.text ?? "" }
        values["isAdministrator"] = person?.isAdministrator ?? false
        let body = library.render(values, withTemplate: template) ?? ""
        var frameValues: [String: Any] = [
            "title": "\(title) · Barchan", "kind": template, "isGrain": template == "grain", "body": body,
            "icon": Assets.icon.path, "style": Assets.style.path, "script": Assets.script.path,
            "atGrains": values["atGrains"] ?? false, "atApps": values["atApps"] ?? false,
            "atAdmin": values["atAdmin"] ?? false, "isAdminHome": values["isAdminHome"] ?? false,
            "isAdministrator": person?.isAdministrator ?? false,
            "person": person != nil,
            "nonce": values["nonce"] ?? "",
        ]
        frameValues["name"] = person?.account.displayName ?? ""
        let text = library.render(frameValues, withTemplate: "layout") ?? ""
        return send(status, "text/html; charset=utf-8", text, frame: frame, features: features)
    }

    /// A piece of a page, for our script to put into one.
    func part(_ status: Int, _ template: String, _ values: [String: Any]) -> Response {
        send(status, "text/html; charset=utf-8", library.render(values, withTemplate: template) ?? "")
    }

    // MARK: Other answers

    /// To HEAD: a page that is made for whoever wants to see it.
    var nothing: Response {
        var fields = HeaderPolicy.shell(frame: nil)
        fields.add("Content-Type", "text/html; charset=utf-8")
        fields.add("Cache-Control", "no-store")
        return Response(200, fields: fields)
    }

    func text(_ status: Int, _ text: String) -> Response { send(status, "text/plain; charset=utf-8", text) }

    func json(_ status: Int, _ text: String) -> Response { send(status, "application/json", text) }

    func jsonError(_ status: Int, _ message: String) -> Response {
        json(status, "{\"error\":\(JSONValue.quoted(message))}")
    }

    /// What the page around a grain asks for again and again.
    /// - Parameter grain: Nil when there is no more to say than its state.
    func state(_ state: GrainState, of grain: GrainSummary?) -> Response {
        var text = "{\"state\":\"\(Pages.name(state))\",\"text\":\(JSONValue.quoted(Pages.text(state)))"
        if case .crashed(let reason) = state { text += ",\"reason\":\(JSONValue.quoted(reason))" }
        if let notice = grain?.notice { text += ",\"notice\":\(JSONValue.quoted(notice))" }
        if let grain {
            text += ",\"title\":\(JSONValue.quoted(grain.title)),\"given\":\(JSONValue.quoted(grain.titleForApp))"
            text += ",\"package\":\"\(grain.package)\""
        }
        return json(200, text + "}")
    }

    /// - Parameter next: The page that says what has become of it.
    func installed(_ package: InstalledPackage, next: String) -> Response {
        json(
            200,
            "{\"package\":\"\(package.identifier)\",\"app\":\"\(package.app)\",\"title\":\(JSONValue.quoted(package.manifest.title))"
                + ",\"next\":\(JSONValue.quoted(next))}"
        )
    }

    func restored(_ grain: GrainSummary) -> Response { json(200, "{\"grain\":\"\(grain.identifier)\"}") }

    /// A file that the browser keeps instead of showing it (specification, section 20.2).
    func download(_ backup: GrainBackup) -> Response {
        var fields = HeaderPolicy.shell(frame: nil)
        fields.add("Content-Type", "application/zip")
        fields.add("Content-Disposition", "attachment; filename*=utf-8''\(PercentText.encode(backup.title)).zip")
        fields.add("Cache-Control", "no-store")
        return Response(200, fields: fields, body: .stream(backup.bytes, length: nil))
    }

    func redirect(to path: String) -> Response {
        var fields = HeaderPolicy.shell(frame: nil)
        fields.add("Location", path)
        fields.add("Cache-Control", "no-store")
        return Response(303, fields: fields)
    }

    private func send(
        _ status: Int, _ type: String, _ text: String, frame: String? = nil, features: [String] = []
    ) -> Response {
        var fields = HeaderPolicy.shell(frame: frame, features: features)
        fields.add("Content-Type", type)
        fields.add("Cache-Control", "no-store")
        if status == 405 { fields.add("Allow", "GET, HEAD, POST") }
        return Response(status, fields: fields, body: .bytes(Array(text.utf8)))
    }
}
