/// Every attempt, by family.
enum AttemptTable {
    static let all: [Attempt] = families.flatMap { family in
        family.attempts.map { attempt in
            Attempt(
                name: "\(family.name).\(attempt.name)", promise: attempt.promise, expectation: attempt.expectation,
                body: attempt.body)
        }
    }

    private static let families: [(name: String, attempts: [Attempt])] = [
        ("start", StartAttempts.all),
        ("descriptors", DescriptorAttempts.all),
        ("namespaces", NamespaceAttempts.all),
        ("mounts", MountAttempts.all),
        ("kernel", KernelAttempts.all),
        ("calls", CallAttempts.all),
        ("foreign", ForeignABIAttempts.all),
        ("processes", ProcessAttempts.all),
        ("privileges", PrivilegeAttempts.all),
        ("sockets", SocketAttempts.all),
        ("network", NetworkAttempts.all),
        ("files", FileAttempts.all),
        ("procfs", KernelFileAttempts.all),
        ("devices", DeviceAttempts.all),
        ("package", PackageAttempts.all),
        ("ipc", IPCAttempts.all),
        ("limits", LimitAttempts.all),
        ("needs", NeedAttempts.all),
    ]
}
