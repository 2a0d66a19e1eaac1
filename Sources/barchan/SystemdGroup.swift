import Barchan
import Glibc
import SystemdScope

/// The host's control group where systemd is process 1.
enum SystemdGroup {
    /// Of the time that a host takes to start.
    private static let patience = Duration.seconds(10)
    private static var address: ManagerAddress { geteuid() == 0 ? .system : .user }

    /// Moves this process into a group of its own when the one it is in belongs to systemd. Comes before whatever makes groups in
    /// it. Without one, the host goes on where it is.
    static func take(log: HostLog) {
        guard GroupOwner() == .systemd else { return }
        let scope = DelegatedScope(of: getpid())
        do throws(HostError) {
            try scope.start(on: address, limit: patience)
            log(.info, "systemd handed over \(scope.name) in \(DelegatedScope.slice)")
        } catch {
            log(
                .warning, "get a control group from systemd: \(error.message); the host goes on in systemd's. \(remedy)"
            )
        }
    }

    private static let remedy = "Start it as a unit with Delegate=yes, as contrib/systemd/barchan.service is"

    /// For a host that would be started as this process was.
    static func finding() -> MachineCheck.Finding {
        let (found, fix) = state()
        return MachineCheck.Finding(name: "service manager", found: found, isNeeded: false, fix: fix, trouble: .weak)
    }

    private static func state() -> (found: String, fix: String?) {
        switch GroupOwner() {
        case .nobody: return ("no systemd as process 1: a host divides the control group that it is started in", nil)
        case .noGroups:
            return (
                "systemd has no control groups of version 2 to hand over",
                "boot with systemd.unified_cgroup_hierarchy=1"
            )
        case .delegated: return ("systemd handed over the control group that this was started in", nil)
        case .systemd: break
        }
        do throws(HostError) {
            try DelegatedScope.probe(on: address, limit: patience)
            return ("a host started here asks systemd for a scope in \(DelegatedScope.slice)", nil)
        } catch {
            return ("a host started here cannot ask systemd for a scope: \(error.message)", remedy)
        }
    }
}
