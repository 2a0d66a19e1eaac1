import Barchan
import CLinux
import Glibc

extension IsolationConformance {
    static let fileChecks = [
        Promise("rootListing", "the root holds the package and nothing else", [.privateFileSystem]) { trial in
            try await trial.facts(["files"]).require("list /", "dev,probe,proc,tmp,var")
        },
        Promise("noHostFiles", "no file of the host can be opened", [.privateFileSystem]) { trial in
            let facts = try await trial.facts(["files"])
            for path in ["/etc/passwd", "/run", "/home", "/root", "/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/pts"] {
                try facts.require("open \(path)", "ENOENT")
            }
            try facts.require("parent", "root")
        },
        Promise("noKernelFileSystems", "there is no procfs and no sysfs", [.noKernelFileSystems]) { trial in
            let facts = try await trial.facts(["files"])
            for path in ["/proc/self/status", "/proc/1", "/proc/mounts", "/sys", "/sys/kernel"] {
                try facts.require("open \(path)", "ENOENT")
            }
            try facts.require("open /proc/cpuinfo", "ok")
            try facts.require("sysfs", "ENOSYS", "EPERM", "EACCES")
        },
        Promise("readOnlyPackage", "the package cannot be changed", [.readOnlyPackage]) { trial in
            let facts = try await trial.facts(["files"])
            for name in ["create /x", "create /dev/x", "create /proc/x", "chmod.package", "unlink.package"] {
                try facts.require(name, "EROFS", "EACCES")
            }
        },
        Promise("devices", "/dev holds null, zero, random, urandom and shm, and they work", [.privateFileSystem]) {
            trial in
            let facts = try await trial.facts(["files"])
            try facts.require("list /dev", "null,random,shm,urandom,zero")
            for name in ["null", "zero", "random", "urandom"] { try facts.require("use /dev/\(name)", "ok") }
            try facts.require("random", "ok")
        },
        Promise("noDeviceNodes", "no device can be made, a pipe can") { trial in
            let facts = try await trial.facts(["files"])
            try facts.require("node.character", "EPERM", "EACCES")
            try facts.require("node.block", "EPERM", "EACCES")
            try facts.require("node.pipe", "ok")
        },
        Promise("writable", "/var, /tmp and /dev/shm can be written and run programs") { trial in
            let facts = try await trial.facts(["files"])
            for path in ["/var", "/tmp", "/dev/shm"] {
                try facts.require("create \(path)/x", "ok")
                try facts.require("execute \(path)", "ok")
            }
        },
        Promise("dataKept", "/var is the volume, and the next start finds it; /tmp is empty again") { trial in
            _ = try await trial.facts(["files"])
            var status = stat()
            try require(lstat("\(trial.data)/x", &status) == 0, "what was written is not in the volume")
            let owner = trial.provider.fileOwner
            try require(status.st_uid == owner.user && status.st_gid == owner.group, "it belongs to \(status.st_uid)")
            let facts = try await trial.facts(["files"])
            try require(facts["list /var"]?.contains("x") == true, "/var holds \(facts["list /var"] ?? "?")")
            try facts.require("list /tmp", "empty")
        },
        Promise("linkedMountPoints", "a package whose /var, /tmp or /dev is a link reaches nothing outside") { trial in
            for name in ["var", "tmp", "dev"] {
                let path = "\(trial.package)/\(name)"
                try TemporaryTree.makeDirectory("\(trial.directory)/outside-\(name)")
                rmdir(path)
                symlink("\(trial.directory)/outside-\(name)", path)
                // Refused or confined, both are fine.
                _ = try? await trial.facts(["files"])
                try require(rmdir("\(trial.directory)/outside-\(name)") == 0, "something was made outside /\(name)")
                unlink(path)
                try TemporaryTree.makeDirectory(path)
            }
            try await trial.facts(["files"]).require("create /var/x", "ok")
        },
    ]

    private static let ipcNeeds = ["shared memory", "semaphores", "messages"]

    static let wallChecks = [
        Promise("noCapabilities", "no capability is left, nor can one come back", [.noCapabilities]) { trial in
            let facts = try await trial.facts(["privileges"])
            try facts.require("capabilities", "none")
            try facts.require("capabilities.bounding", "0")
            try facts.require("noNewPrivileges", "1")
            for name in ["become.root", "become.other", "chown"] { try facts.require(name, "EINVAL", "EPERM") }
        },
        Promise("noSetuid", "a setuid file of the package has no effect", [.noCapabilities]) { trial in
            chmod("\(trial.package)/probe", 0o6755)
            let facts = try await trial.facts(["privileges"])
            try require(facts["user.effective"] == facts["user"], "it runs as \(facts["user.effective"] ?? "?")")
            try require(facts["user"] != "0", "it runs as root")
            try facts.require("capabilities", "none")
        },
        Promise("shutCalls", "calls that no grain needs do not exist", [.syscallFilter]) { trial in
            let facts = try await trial.facts(["calls"])
            try require(facts.all("call").count > 50, "the probe said too little: \(facts.exit)")
            for line in facts.all("call") where !line.hasSuffix(" ENOSYS") && line != "ptrace EPERM" {
                throw ConformanceFailure("call \(line)")
            }
            try facts.require("abi.x32", "ENOSYS")
        },
        Promise("noNamespaces", "no namespace can be made", [.syscallFilter]) { trial in
            let facts = try await trial.facts(["calls"])
            for line in facts.all("clone") + facts.all("unshare") where line.hasSuffix(" ok") {
                throw ConformanceFailure("made: \(line)")
            }
            try facts.require("call clone3", "ENOSYS")
            try require(facts.all("clone").count == 7, "the probe said too little")
        },
        Promise("noControl", "prctl and ioctl do what programs need and no more", [.syscallFilter]) { trial in
            let facts = try await trial.facts(["calls"])
            for line in facts.all("prctl") where !line.hasSuffix(" EINVAL") {
                throw ConformanceFailure("prctl \(line)")
            }
            for line in facts.all("ioctl") where !line.hasSuffix(" ENOTTY") {
                throw ConformanceFailure("ioctl \(line)")
            }
        },
        Promise("ordinaryNeeds", "what ordinary programs need is there", harmsWhereBroken: true) { trial in
            let facts = try await trial.facts(["needs"])
            try require(facts.all("need").count > 30, "the probe said too little: \(facts.exit)")
            for line in facts.all("need") where !line.hasSuffix(" ok") && !ipcNeeds.contains(where: line.hasPrefix) {
                throw ConformanceFailure("need \(line)")
            }
        },
        Promise("ordinaryIPC", "System V objects are there", [.privateIPC]) { trial in
            let facts = try await trial.facts(["needs"])
            for name in ipcNeeds { try facts.require("need \(name)", "ok") }
        },
        Promise(
            "socketFamilies", "only UNIX, IPv4, IPv6 and routing sockets can be opened", [.syscallFilter, .noNetwork]
        ) {
            trial in
            let facts = try await trial.facts(["sockets"])
            let open = facts.all("socket").filter { $0.hasSuffix(" ok") }.map { $0.dropLast(3) }.joined(separator: " ")
            let expected = "unix unix.datagram unix.packets inet inet.tcp inet.datagram inet6 route"
            try require(open == expected, "open are: \(open)")
            try facts.require("filter.socket", "ENOPROTOOPT")
            try facts.require("repair.socket", "ENOPROTOOPT")
        },
        Promise("noNetwork", "there is a loopback interface and nothing else", [.noNetwork]) { trial in
            let facts = try await trial.facts(["network"])
            try facts.require("interfaces", "lo")
            try facts.require("address.outside", "ENETUNREACH")
            try facts.require("address.local", "ECONNREFUSED")
            try facts.require("bind.low", "EACCES")
        },
        Promise("ownLoopback", "a port of the host's loopback is not the sandbox's", [.noNetwork]) { trial in
            let listener = try HostListener.tcp()
            try await trial.facts(["connect", "\(listener.port)"]).require("connect", "ECONNREFUSED")
        },
        Promise("samePort", "two sandboxes can use the same port", [.noNetwork]) { trial in
            let first = try await trial.start(["bind", "7777", "wait"])
            try require(await first.output.line() == "bind ok", "the first cannot bind")
            try await trial.facts(["bind", "7777"]).require("bind", "ok")
            await first.sandbox.terminate()
        },
        Promise("noHostSockets", "abstract sockets of the host cannot be reached", [.noNetwork]) { trial in
            let listener = try HostListener.abstract()
            try await trial.facts(["abstract", listener.name]).require("abstract", "ECONNREFUSED", "EPERM")
        },
        Promise("unixSockets", "no socket can be opened but UNIX ones", [.unixSocketsOnly]) { trial in
            let facts = try await trial.facts(["sockets"])
            let open = facts.all("socket").filter { $0.hasSuffix(" ok") }.map { $0.dropLast(3) }.joined(separator: " ")
            try require(open == "unix unix.datagram unix.packets", "open are: \(open)")
            let listener = try HostListener.abstract()
            try await trial.facts(["abstract", listener.name]).require("abstract", "ECONNREFUSED", "EPERM")
        },
        Promise("signalsAreScoped", "a signal reaches nobody outside", [.landlock], harmsWhereBroken: true) { trial in
            let other = try await trial.start(["echo"])
            _ = try await trial.facts(["signal-all"])
            try require(write(other.socket.descriptor, "x", 1) == 1, "the other is gone")
            try require(await other.socket.readSome() == Array("x".utf8), "the other is gone")
            await other.sandbox.terminate()
        },
        Promise(
            "signalsStayInside", "a signal to everybody reaches no other sandbox", [.privateProcesses],
            harmsWhereBroken: true
        ) { trial in
            let other = try await trial.start(["echo"])
            _ = try await trial.facts(["signal-all"])
            try require(write(other.socket.descriptor, "x", 1) == 1, "the other is gone")
            try require(await other.socket.readSome() == Array("x".utf8), "the other is gone")
            await other.sandbox.terminate()
        },
    ]

    /// For who counts now and then.
    private static let patience = Duration.seconds(60)

    /// How many processes were refused as soon as that is told, or in the end; nil where nobody counts them.
    private static func refusals(toldOf sandbox: any Sandbox) async -> Int64? {
        guard let measured = sandbox as? any MeasuredSandbox else { return nil }
        let end = ContinuousClock.now + patience
        var told = await measured.usage().refusedProcesses
        while told == 0, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(50))
            told = await measured.usage().refusedProcesses
        }
        return told
    }

    static let limitChecks = [
        Promise("fixedLimits", "no core files, little locked memory, no real time, a bound on descriptors") { trial in
            let facts = try await trial.facts(["limits"])
            try facts.require("limit.core", "0")
            try facts.require("limit.realTime", "0")
            // Less where the machine does not allow the host twice as many.
            let files = facts["limit.files"].flatMap { Int($0) } ?? 0
            try require((1...4096).contains(files), "\(facts["limit.files"] ?? "?") open files")
            try facts.require("limit.files.opened", "\(min(1024, files) - 4)")
            try require(facts["limit.lockedMemory"].flatMap { Int($0) }.map { $0 <= 8 << 20 } == true, "locked memory")
        },
        Promise(
            "temporaryLimits", "/tmp and /dev/shm are bounded in bytes and files", [.privateFileSystem],
            harmsWhereBroken: true
        ) { trial in
            for directory in ["/tmp", "/dev/shm"] {
                let facts = try await trial.facts(["fill", directory])
                try require(
                    facts["filled.bytes"].flatMap { Int($0) }.map { (1...16 << 20).contains($0) } == true, directory)
                try require(
                    facts["filled.files"].flatMap { Int($0) }.map { (1...4096).contains($0) } == true, directory)
            }
            var limits = SandboxLimits()
            limits.temporaryBytes = 1 << 20
            let facts = try await trial.facts(["fill", "/tmp"], limits: limits)
            try require(facts["filled.bytes"].flatMap { Int($0) }.map { (1...1 << 20).contains($0) } == true, "1 MiB")
        },
        Promise("processLimit", "the number of processes is bounded", [.processLimit], harmsWhereBroken: true) {
            trial in
            var limits = SandboxLimits()
            limits.processes = 20
            let facts = try await trial.facts(["fork", "100"], limits: limits)
            try require(facts["forked"].flatMap { Int($0) }.map { (1..<20).contains($0) } == true, "\(facts.lines)")
            try facts.require("forked.last", "EAGAIN")
        },
        Promise(
            "processLimitTold", "that processes are refused is told, where use is counted", [.processLimit],
            harmsWhereBroken: true
        ) { trial in
            var limits = SandboxLimits()
            limits.processes = 20
            let running = try await trial.start(["fork", "100", "wait"], limits: limits)
            while let line = await running.output.line(), !line.hasPrefix("forked.last ") {}
            let told = await refusals(toldOf: running.sandbox)
            await running.sandbox.terminate()
            try require(told != 0, "nothing was told of it in \(patience)")
        },
        Promise("memoryLimit", "memory is bounded, and a program that wants more is ended", [.memoryLimit]) { trial in
            var limits = SandboxLimits()
            limits.memoryBytes = 32 << 20
            let modest = try await trial.facts(["allocate", "16"], limits: limits)
            try modest.require("allocated", "16")
            let greedy = try await trial.facts(["allocate", "256"], limits: limits)
            try require(greedy["allocated"] == nil && greedy.exit != .exited(status: 0), "it got 256 MiB")
        },
        Promise(
            "memoryLimitCountsSockets", "what waits in TCP connections is bounded with memory", [.memoryLimit],
            harmsWhereBroken: true
        ) { trial in
            var limits = SandboxLimits()
            limits.memoryBytes = 64 << 20
            let facts = try await trial.facts(["fill-sockets", "exit", "0"], limits: limits)
            // Ended for it, or refused.
            guard facts.exit == .exited(status: 0) else { return }
            let held = facts["sockets.held"].flatMap { Int($0) } ?? Int.max
            try require(held <= 96, "\(held) MiB were held beside a bound of 64")
        },
        Promise(
            "memoryLimitCountsFiles", "what is written to /tmp and /dev/shm counts as memory", [.memoryLimit],
            harmsWhereBroken: true
        ) { trial in
            var limits = SandboxLimits()
            limits.memoryBytes = 16 << 20
            limits.temporaryBytes = 64 << 20
            let facts = try await trial.facts(["fill", "/tmp", "exit", "0"], limits: limits)
            try require(facts.exit != .exited(status: 0), "it filled /tmp with \(facts["filled.bytes"] ?? "nothing")")
        },
    ]
}
