import Barchan

/// The back end that the configuration chooses for each app, as one provider.
struct IsolationByApp: PackageHolder {
    let standard: any IsolationProvider
    let apps: [AppID: any IsolationProvider]

    /// What holds for every grain.
    var guarantees: Set<Guarantee> {
        apps.values.reduce(standard.guarantees) { $0.intersection($1.guarantees) }
    }

    /// The same for all of them: a grain's files do not change hands when its app's back end is changed.
    var fileOwner: FileOwner { standard.fileOwner }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        let provider = specification.app.flatMap { apps[$0] } ?? standard
        return try await provider.launch(specification, socket: socket, output: output)
    }

    func release(_ package: PackageTree) async {
        for provider in [standard] + apps.values { await (provider as? any PackageHolder)?.release(package) }
    }
}
