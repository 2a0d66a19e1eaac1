import Barchan

/// The back end that the configuration chooses for each app, as one provider.
struct IsolationByApp: PackageHolder, AbortableIsolationProvider {
    let standard: any IsolationProvider
    let apps: [AppID: any IsolationProvider]

    /// What holds for every grain; ``guarantees(for:)`` says what holds for those of one app.
    var guarantees: Set<Guarantee> {
        apps.values.reduce(standard.guarantees) { $0.intersection($1.guarantees) }
    }

    /// The same for all of them: a grain's files do not change hands when its app's back end is changed.
    var fileOwner: FileOwner { standard.fileOwner }

    func launch(
        _ specification: SandboxSpecification, socket: consuming OwnedDescriptor, output: consuming OwnedDescriptor
    ) async throws(HostError) -> any Sandbox {
        try await provider(for: specification.app).launch(specification, socket: socket, output: output)
    }

    func provider(for app: AppID?) -> any IsolationProvider { app.flatMap { apps[$0] } ?? standard }

    func release(_ package: PackageTree) async {
        for provider in [standard] + apps.values { await (provider as? any PackageHolder)?.release(package) }
    }

    func abort() {
        for provider in [standard] + apps.values { (provider as? any AbortableIsolationProvider)?.abort() }
    }
}

extension IsolationProvider {
    /// What the back end promises that the grains of `app` have.
    func guarantees(for app: AppID?) -> Set<Guarantee> {
        (self as? IsolationByApp)?.provider(for: app).guarantees ?? guarantees
    }
}
