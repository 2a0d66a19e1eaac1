import Barchan
import CLinux

extension IsolationConformance {
    /// Walls behind the first ones.
    static let secondChecks = [
        Promise("noCore", "a crash leaves no core file, and no limit can be raised for one") { trial in
            let facts = try await trial.facts(["walls"])
            try facts.require("core", "none")
            try facts.require("core.raise", "EPERM")
        },
        Promise("lockedPrivileges", "what keeps privileges away cannot be undone", [.noCapabilities]) { trial in
            let facts = try await trial.facts(["walls"])
            try facts.require("ambient", "EPERM")
            try facts.require("secureBits.locked", "ok")
            try facts.require("noNewPrivileges.undo", "EINVAL")
        },
        Promise("hiddenPeer", "the socket does not lead to the process that made it", [.privateProcesses]) { trial in
            let facts = try await trial.facts(["walls"])
            try facts.require("peer.descriptor", "ENOPROTOOPT", "EINVAL", "ESRCH")
            try facts.require("peer.process", "0")
        },
        Promise("honestRandom", "/dev/random and /dev/urandom give new random bytes at once") { trial in
            let facts = try await trial.facts(["walls"])
            for path in ["/dev/random", "/dev/urandom"] { try facts.require("random \(path)", "ok") }
        },
        Promise("messageQueues", "POSIX message queues work, and a name is the sandbox's own", [.privateIPC]) { trial in
            for _ in 0..<2 {
                let facts = try await trial.facts(["walls"])
                for name in ["queue", "queue.send"] { try facts.require(name, "ok") }
            }
        },
        Promise("landlockDevices", "Landlock refuses requests to devices", [.landlock]) { trial in
            let facts = try await trial.facts(["walls"])
            // ENOTTY is the device's own answer, of a kernel whose Landlock does not know such requests (before 6.10).
            try facts.require("device.request", "EACCES", clinux_probe_landlock() < 5 ? "ENOTTY" : "EACCES")
            try facts.require("device.terminal", "ENOTTY")
        },
    ]
}
