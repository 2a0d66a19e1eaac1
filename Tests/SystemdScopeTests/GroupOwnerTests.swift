import CLinux
import Foundation
import SystemdScope
import Testing

/// Who has the group of a process, from files as the kernel and systemd write them.
@Suite struct GroupOwnerTests {
    private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
    private static let legacy = "30 23 0:26 / /sys/fs/cgroup/cpu rw shared:4 - cgroup cgroup rw,cpu\n"

    private func owner(
        booted: Bool = true, mounts: String = unified, membership: String = "0::/user.slice/session-3.scope\n",
        delegated: String? = nil
    ) throws -> GroupOwner {
        let directory = NSTemporaryDirectory() + "barchan-owner-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try mounts.write(toFile: directory + "/mounts", atomically: false, encoding: .utf8)
        try membership.write(toFile: directory + "/membership", atomically: false, encoding: .utf8)
        return GroupOwner(
            manager: booted ? directory : directory + "/absent", mounts: directory + "/mounts",
            membership: directory + "/membership", isDelegated: { $0 == delegated })
    }

    @Test func withoutSystemdNobodyIsAsked() throws {
        #expect(try owner(booted: false) == .nobody)
    }

    @Test func aGroupOfSystemdsIsNotOurs() throws {
        #expect(try owner() == .systemd)
        // What is above it may be somebody's.
        #expect(try owner(delegated: "/sys/fs/cgroup/user.slice") == .systemd)
    }

    @Test func aMarkedGroupIsOurs() throws {
        #expect(try owner(delegated: "/sys/fs/cgroup/user.slice/session-3.scope") == .delegated)
    }

    @Test func versionOneAloneCannotBeHandedOver() throws {
        #expect(try owner(mounts: Self.legacy, membership: "3:cpu:/a\n") == .noGroups)
    }

    @Test func theMarkIsAnAttributeOfTheDirectory() throws {
        let directory = NSTemporaryDirectory() + "barchan-mark-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(!GroupOwner.isMarked(directory))
        for (value, isMarked) in [("0", false), ("1", true)] {
            try #require(
                clinux_set_attribute(directory, "user.delegate", value, 1) == 0, "no attributes on this file system")
            #expect(GroupOwner.isMarked(directory) == isMarked)
        }
    }
}
