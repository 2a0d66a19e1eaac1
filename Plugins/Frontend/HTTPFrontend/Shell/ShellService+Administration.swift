import Barchan

/// The pages for administrators. Who is none is refused by the host itself.
extension ShellService {
    /// Entries of the audit log on one page.
    private static let auditLength = 100

    func administration(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        let account = person.account.identifier, operations = host.operations
        switch visit.path.count > 1 ? visit.path[1] : "" {
        case "":
            let usage = try await operations.usage(for: account)
            return pages.usage(
                usage, GrainQuery(visit.query, at: "/admin"), figures: try await operations.figures(), person)
        case "packages": return pages.packages(try await operations.packages(for: account), person)
        case "limits": return pages.limits(try await operations.limits(for: account), person)
        case "log": return pages.hostLog(try await operations.recentLog(for: account), person)
        case "audit":
            let older = visit.query["older"]
            let entries = try await operations.audit(
                olderThan: older, limit: ShellService.auditLength + 1, for: account)
            return pages.audit(entries, length: ShellService.auditLength, isOlder: older != nil, person)
        default: throw ShellService.notFound
        }
    }
}
