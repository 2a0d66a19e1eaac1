import Barchan
import Glibc

/// A scope of systemd's with a control group that belongs to who asked for it (systemd.resource-control(5), Delegate=).
///
/// Grains get groups in the group that the host is in. Started by a unit with `Delegate=`, that group is the host's; from a
/// shell or a unit without it the group is systemd's, who may change what is in it. So the host asks for one and is moved there.
public struct DelegatedScope: Sendable, Equatable {
    /// Below the root of all slices, so that `systemctl set-property barchan.slice` bounds all hosts and grains together.
    public static let slice = "barchan.slice"

    public let process: pid_t

    public init(of process: pid_t) { self.process = process }

    public var name: String { "barchan-\(process).scope" }

    private static let manager = "org.freedesktop.systemd1"
    private static let path = "/org/freedesktop/systemd1"
    private static let interface = "org.freedesktop.systemd1.Manager"
    private static let busInterface = "org.freedesktop.DBus"

    /// Asks for it and returns when the process is in it. Takes at most `limit` altogether.
    ///
    /// org.freedesktop.systemd1(5): StartTransientUnit makes a job, and the signal JobRemoved says how that went.
    /// - Throws: ``HostError`` with what systemd said, or that nothing came in time. The process may have been moved then all the same.
    public func start(on address: ManagerAddress, limit: Duration) throws(HostError) {
        let bus = try ManagerBus(address, until: .now + limit)
        // Before the call: a job may be done before its answer is here.
        _ = try bus.call(
            DelegatedScope.busInterface, "/org/freedesktop/DBus", DelegatedScope.busInterface, "AddMatch"
        ) { arguments throws(HostError) in
            try arguments.append(
                "type='signal',sender='\(DelegatedScope.manager)',path='\(DelegatedScope.path)',interface='\(DelegatedScope.interface)',member='JobRemoved'"
            )
        }
        let job = try bus.call(
            DelegatedScope.manager, DelegatedScope.path, DelegatedScope.interface, "StartTransientUnit", write)
        guard let job else { throw HostError(.failed, "start \(name): systemd names no job") }
        // JobRemoved: number, job, unit, result.
        let result = try bus.awaitSignal(
            DelegatedScope.interface, "JobRemoved", { $0[1] == job ? $0[3] : nil },
            values: [.number, .path, .text, .text])
        guard result == "done" else { throw HostError(.failed, "start \(name): systemd says '\(result)'") }
    }

    /// `ssa(sv)a(sa(sv))`: name, mode, properties, and units that belong to it, of which there are none.
    private func write(_ arguments: borrowing OutgoingArguments) throws(HostError) {
        try arguments.append(name)
        // An earlier job for this name, which nobody else has, is not replaced.
        try arguments.append("fail")
        try arguments.container("a", of: "(sv)") { () throws(HostError) in
            try property("Description", "s", arguments) { arguments throws(HostError) in
                try arguments.append("Barchan and its grains")
            }
            try property("Slice", "s", arguments) { arguments throws(HostError) in
                try arguments.append(DelegatedScope.slice)
            }
            try property("Delegate", "b", arguments) { arguments throws(HostError) in try arguments.append(true) }
            try property("PIDs", "au", arguments) { arguments throws(HostError) in
                try arguments.append([UInt32(process)])
            }
        }
        try arguments.container("a", of: "(sa(sv))") {}
    }

    private func property(
        _ name: String, _ type: String, _ arguments: borrowing OutgoingArguments,
        _ value: (borrowing OutgoingArguments) throws(HostError) -> Void
    ) throws(HostError) {
        try arguments.container("r", of: "sv") { () throws(HostError) in
            try arguments.append(name)
            try arguments.container("v", of: type) { () throws(HostError) in try value(arguments) }
        }
    }

    /// Whether the service manager answers there, without asking for anything.
    /// - Throws: ``HostError`` with the reason when it does not.
    public static func probe(on address: ManagerAddress, limit: Duration) throws(HostError) {
        let bus = try ManagerBus(address, until: .now + limit)
        _ = try bus.call(manager, path, "org.freedesktop.DBus.Peer", "Ping") { _ in }
    }
}
