import Barchan

extension ShellService {
    /// The grain as a file to keep.
    func backUp(_ grain: GrainID, _ person: Person) async throws(HostError) -> Response {
        let backup = try await host.backups.backUp(grain, by: person.account.identifier)
        return pages.download(backup)
    }

    /// A backup arrives as a package does, see ``install(_:_:)``.
    func restore(_ visit: Visit, _ person: Person) async throws(HostError) -> Response {
        do throws(HostError) {
            let file = try await uploadedFile(visit, person)
            let grain = try await host.backups.restore(file, by: person.account.identifier)
            return visit.wantsJSON ? pages.restored(grain) : pages.redirect(to: "/grain/\(grain.identifier)")
        } catch {
            if visit.wantsJSON { return pages.jsonError(ShellService.status(error), error.message) }
            throw error
        }
    }
}
