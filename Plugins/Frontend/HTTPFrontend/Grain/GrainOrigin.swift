import Barchan

/// A grain's host name and what follows from it, made once per connection.
final class GrainOrigin: Sendable {
    let session: SessionID
    let host: String
    /// `http://ui-….localhost:6080`.
    let origin: String
    /// The header lines of every answer from there.
    let policy: FieldBlock

    init(_ session: SessionID, site: Site, except exceptions: PageExceptions = .none) {
        self.session = session
        host = site.grainHost(session)
        origin = site.grainOrigin(session)
        policy = FieldBlock(
            beginningWith: HeaderPolicy.grain(
                origin: origin, host: host, shell: site.baseURL, pictures: site.staticOrigin, except: exceptions))
    }
}
