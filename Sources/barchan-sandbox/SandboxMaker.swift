import SandboxProtocol

/// Makes the sandboxes of a launcher: with namespaces of its own (``BlankMaker``) or by another program (``RuntimeMaker``).
protocol SandboxMaker: AnyObject {
    var features: LauncherFeatures { get }
    /// Whether a sandbox can be made before it is known what it is for.
    var makesAhead: Bool { get }

    /// A process that waits for its order, or is about to.
    /// - Parameter contents: What it is for; nil for one made ahead of time, or to find out whether the machine allows it.
    func make(for contents: SandboxContents?) throws(LaunchFailure) -> LaunchedSandbox
}

/// What a sandbox is made for. The descriptors are lent: trees that are attached nowhere.
struct SandboxContents {
    let package: CInt
    let data: CInt
    let order: LaunchOrder
}
