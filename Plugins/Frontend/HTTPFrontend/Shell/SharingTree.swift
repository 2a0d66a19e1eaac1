import Barchan
import HTTP1

/// "Who has access" as nested lists.
///
/// Built from front to back with a stack of its own: how deep people share is theirs to decide.
struct SharingTree {
    /// What is deeper stands at this depth: browsers nest no deeper than some hundred elements.
    private static let maximumDepth = 40

    let sharing: GrainSharing
    /// Who looks at it.
    let viewer: AccountID
    let grain: GrainID
    let nonce: Secret
    let now: Int64

    var html: String {
        var html = "", depth = 0, pending = sharing.branches.reversed().map { ($0, 1) }
        while let (branch, wanted) = pending.popLast() {
            let level = min(wanted, SharingTree.maximumDepth)
            html +=
                level > depth ? "<ul class=\"tree\">" : "</li>" + String(repeating: "</ul></li>", count: depth - level)
            depth = level
            html += "<li>" + row(branch)
            pending += branch.branches.reversed().map { ($0, wanted + 1) }
        }
        return depth == 0 ? "" : html + String(repeating: "</li></ul>", count: depth)
    }

    private func row(_ branch: SharingBranch) -> String {
        let grant = branch.grant
        var state = [branch.permissions == nil ? "no access" : access(grant)]
        if let expires = grant.offer.expires {
            state.append(expires <= now ? "expired" : "until \(Pages.date(expires))")
        }
        if grant.isUsedUp { state.append("used") } else if grant.offer.isSingleUse { state.append("works once") }
        let (name, act) = title(grant)
        return
            "<div class=\"grant\"><span><b>\(escaped(name))</b> <span class=\"soft\">\(escaped(state.joined(separator: " · ")))</span></span>"
            + label(grant, name) + button(act, grant, name) + "</div>"
    }

    private func title(_ grant: Grant) -> (name: String, act: String) {
        switch grant.recipient {
        case .account(let account):
            let person = sharing.people[account]
            return (person.map { "\($0.displayName) @\($0.handle)" } ?? "Somebody who is gone", "remove")
        case .program: return ("Program \(quoted(grant.offer.label))", "revoke")
        default: return ("Link \(quoted(grant.offer.label))", "revoke")
        }
    }

    private func quoted(_ label: String) -> String { label.isEmpty ? "without a label" : "“\(label)”" }

    private func access(_ grant: Grant) -> String {
        switch grant.offer.assignment {
        case .role(let index):
            let roles = sharing.viewInfo.roles
            return roles.indices.contains(index) ? SharingTree.text(roles[index]) : "may open it"
        case .defaultRole:
            let info = sharing.viewInfo
            return info.defaultRole.map { SharingTree.text(info.roles[$0]) } ?? "may use it"
        default:
            if case .grant = grant.giver { return "has what the link gives" }
            return "has all that the giver has"
        }
    }

    static func text(_ role: RoleDefinition) -> String {
        role.verbPhrase.isEmpty ? "is \(role.title)" : role.verbPhrase
    }

    private func button(_ act: String, _ grant: Grant, _ name: String) -> String {
        var target = "<input type=\"hidden\" name=\"grant\" value=\"\(grant.identifier)\">"
        var text = "Revoke"
        if case .account(let account) = grant.recipient {
            target = "<input type=\"hidden\" name=\"person\" value=\"\(account)\">"
            text = "Remove"
        }
        return form(act, "\(target)<button aria-label=\"\(text) \(escaped(name))\">\(text)</button>")
    }

    /// For what the viewer made; the labels of others are theirs.
    private func label(_ grant: Grant, _ name: String) -> String {
        if case .account = grant.recipient { return "" }
        guard grant.giver == .account(viewer) else { return "" }
        return "<details><summary aria-label=\"Label of \(escaped(name))\">Label</summary>"
            + form(
                "label",
                "<input type=\"hidden\" name=\"grant\" value=\"\(grant.identifier)\">"
                    + "<input name=\"label\" value=\"\(escaped(grant.offer.label))\" maxlength=\"200\" "
                    + "aria-label=\"Label\" autocomplete=\"off\"> <button>Save</button>") + "</details>"
    }

    private func form(_ act: String, _ fields: String) -> String {
        "<form method=\"post\" action=\"/grains/\(grain)/sharing\"><input type=\"hidden\" name=\"nonce\" value=\"\(nonce.text)\">"
            + "<input type=\"hidden\" name=\"act\" value=\"\(act)\">\(fields)</form>"
    }

    private func escaped(_ text: String) -> String { HTMLText.escaped(text) }
}
