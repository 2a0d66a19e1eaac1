import CLinux
import Glibc
import SandboxProtocol

/// What the grain may never get back.
enum Privileges {
    /// Everything that does not need to wait until the mounts are made.
    static func lock() throws(LaunchFailure) {
        try check(clinux_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), .capabilities)
        try emptyBoundingSet()
        // Being root, changing ids and raising ambient capabilities have no effect, for good.
        let noRoot = 0x3, noFixup = 0xc, keepCapabilitiesLocked = 0x20, noAmbient = 0xc0
        try check(
            clinux_prctl(PR_SET_SECUREBITS, UInt(noRoot | noFixup | keepCapabilitiesLocked | noAmbient), 0, 0, 0),
            .capabilities)
    }

    private static func emptyBoundingSet() throws(LaunchFailure) {
        // The kernel may know more capabilities than the headers; it says EINVAL after the last.
        for capability in UInt(0)..<64 where clinux_prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 {
            guard errno == EINVAL, capability > 0 else { throw LaunchFailure(.capabilities, errno) }
            return
        }
    }

    static func dropCapabilities() throws(LaunchFailure) {
        try check(clinux_drop_capabilities(), .capabilities)
    }
}
