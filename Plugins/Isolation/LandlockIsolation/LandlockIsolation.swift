import Barchan
import Glibc
import SandboxLauncher
import SandboxProtocol

/// The launcher makes sandboxes of one user on one network; here is what that can promise.
enum LandlockIsolation {
    static let settings =
        FileOwner.grainSettings + LauncherProgram.callSettings + [LauncherProgram.launcherSetting]

    static func make(_ settings: PluginSettings, _ context: PluginContext) async throws(HostError) -> LauncherIsolation
    {
        guard geteuid() == 0 else {
            throw HostError(
                .unsupported,
                "use isolation 'landlock': without namespaces only root can give an app its own root directory; run the host"
                    + " as root, or use 'namespace', which needs user namespaces instead")
        }
        let program = LauncherProgram(
            path: LauncherProgram.path(settings.string("launcher"), context), owner: try FileOwner.ofGrains(settings),
            options: [LauncherProgram.withoutNamespaces] + LauncherProgram.groupOptions(settings)
                + (try LauncherProgram.callOptions(settings)),
            remedy: "'landlock' needs Linux 6.15 with Landlock switched on, CAP_SYS_ADMIN and CAP_SYS_CHROOT")
        return try await LauncherIsolation(program, log: context.log, guarantees: guarantees)
    }

    private static func guarantees(of features: LauncherFeatures) -> Set<Guarantee> {
        features.guarantees.union([
            .privateFileSystem, .readOnlyPackage, .noKernelFileSystems, .noCapabilities, .syscallFilter, .landlock,
            .unixSocketsOnly,
        ])
    }
}
