// swift-tools-version: 6.2
import PackageDescription

// `make` sets BARCHAN_STRICT, so that our own builds stop at a warning; a packager's do not.
let strict: [SwiftSetting] = Context.environment["BARCHAN_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

// One shared copy of the contract in a process; see Sources/Barchan/Package.swift. The link `Sources/contract` gives
// that package an identity of its own also where this one is checked out into a folder called `barchan`.
let contract: Target.Dependency = .product(name: "Barchan", package: "contract")

// Exports a module's one C entry point and hides everything it embeds.
let moduleLinking: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/module.map"])
]
let staticLinking: [LinkerSetting] = [.unsafeFlags(["-static-executable"])]

/// A module: its code as a library of this package, so that tests can link it, and the entry point as a shared object.
func module(_ interface: String, _ name: String, dependencies: [Target.Dependency]) -> [Target] {
    [
        .target(
            name: name, dependencies: [contract] + dependencies, path: "Plugins/\(interface)/\(name)",
            exclude: ["Module", "README.md"], swiftSettings: strict),
        .target(
            name: "\(name)Module", dependencies: [contract, .target(name: name)],
            path: "Plugins/\(interface)/\(name)/Module", swiftSettings: strict, linkerSettings: moduleLinking),
    ]
}

let package = Package(
    name: "barchan-host",
    products: [
        .executable(name: "barchan", targets: ["barchan"]),
        .executable(name: "barchan-sandbox", targets: ["barchan-sandbox"]),
        .executable(name: "barchan-http-bridge", targets: ["barchan-http-bridge"]),
        .executable(name: "sandbox-probe", targets: ["sandbox-probe"]),
        .library(name: "NamespaceIsolation", type: .dynamic, targets: ["NamespaceIsolationModule"]),
        .library(name: "BubblewrapIsolation", type: .dynamic, targets: ["BubblewrapIsolationModule"]),
        .library(name: "OCIIsolation", type: .dynamic, targets: ["OCIIsolationModule"]),
        .library(name: "ExternalIsolation", type: .dynamic, targets: ["ExternalIsolationModule"]),
        .library(name: "LandlockIsolation", type: .dynamic, targets: ["LandlockIsolationModule"]),
        .library(name: "OverlayStorage", type: .dynamic, targets: ["OverlayStorageModule"]),
        .library(name: "CapnpTransport", type: .dynamic, targets: ["CapnpTransportModule"]),
        .library(name: "HTTPFrontend", type: .dynamic, targets: ["HTTPFrontendModule"]),
    ],
    dependencies: [
        .package(path: "Sources/contract"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        // The core.
        .target(
            name: "BarchanKernel", dependencies: [contract, "CLinux", "EventLoops", "Sealing", "Sharing"],
            swiftSettings: strict),
        .target(name: "BarchanConformance", dependencies: [contract, "CLinux"], swiftSettings: strict),
        .target(
            name: "BarchanConfiguration", dependencies: [contract, "BarchanKernel", "TOML"], swiftSettings: strict),
        .target(
            name: "BarchanControl", dependencies: [contract, "BarchanKernel", "CLinux", "JSON"], swiftSettings: strict),
        .executableTarget(
            name: "barchan",
            dependencies: [
                contract, "BarchanKernel", "BarchanConformance", "BarchanConfiguration", "BarchanControl", "SPK",
                "GrainRecording", "OpenPGP", "TOML", "CLinux", "ProjectQuota", "SMTP", "SystemdScope", "CapnProto",
                "GrainSchemas", "CCapnpSchema", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Pure formats and protocols.
        .target(name: "CapnProto", exclude: ["README.md"], swiftSettings: strict),
        .target(name: "GrainSchemas", dependencies: ["CapnProto"], swiftSettings: strict),
        .target(
            name: "SPK", dependencies: [contract, "CapnProto", "GrainSchemas", "CLzma", "CSodium"],
            swiftSettings: strict),
        // What gpg says of the signatures in packages, in a process that can do nothing else.
        .target(name: "OpenPGP", dependencies: [contract, "CLinux", "SPK"], swiftSettings: strict),
        .target(name: "Sealing", dependencies: ["CSodium"], swiftSettings: strict),
        // Threads that wait for sockets, for the host and for modules that it lends none.
        .target(name: "EventLoops", dependencies: [contract, "CLinux"], swiftSettings: strict),
        .target(name: "Sharing", dependencies: [contract], swiftSettings: strict),
        // Limits that the file system holds; for the storage, and for `barchan doctor`.
        .target(name: "ProjectQuota", dependencies: [contract, "CLinux"], swiftSettings: strict),
        .target(
            name: "GrainRecording", dependencies: ["CapnProto", "GrainSchemas"], exclude: ["README.md"],
            swiftSettings: strict),
        .target(name: "ZIP", dependencies: [contract, "CZlib"], swiftSettings: strict),
        .target(name: "EROFS", dependencies: [contract], swiftSettings: strict),
        .target(
            name: "GrainBackup", dependencies: [contract, "CapnProto", "GrainSchemas", "ZIP"], swiftSettings: strict),
        .target(name: "HTTP1", swiftSettings: strict),
        .target(name: "TOML", swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "HTTP1Server", dependencies: ["HTTP1"], swiftSettings: strict),

        // C: thin headers and facades.
        .target(name: "CLinux"),
        .target(
            name: "CCapnpRPC", exclude: [],
            cxxSettings: [.unsafeFlags(["-std=c++17"])],
            linkerSettings: [
                .linkedLibrary("capnp-rpc"), .linkedLibrary("capnp"), .linkedLibrary("kj-async"), .linkedLibrary("kj"),
                .linkedLibrary("stdc++"),
            ]),
        .target(
            name: "CCapnpSchema",
            cxxSettings: [.unsafeFlags(["-std=c++17"])],
            linkerSettings: [
                .linkedLibrary("capnpc"), .linkedLibrary("capnp"), .linkedLibrary("kj"), .linkedLibrary("stdc++"),
            ]),
        .target(name: "CCurlMail", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "SMTP", dependencies: [contract, "BarchanKernel", "CCurlMail"], swiftSettings: strict),
        .systemLibrary(name: "CSeccomp"),
        .systemLibrary(name: "CLzma"),
        .systemLibrary(name: "CSodium"),
        .systemLibrary(name: "CSQLite"),
        .systemLibrary(name: "CZlib"),

        // Small static programs.
        .executableTarget(
            name: "barchan-sandbox", dependencies: ["CLinux", "CSeccomp", "ControlGroups", "SandboxProtocol"],
            swiftSettings: strict, linkerSettings: staticLinking),
        // What the launcher does with control groups; a library, so that tests can link it.
        .target(name: "ControlGroups", dependencies: ["CLinux", "SandboxProtocol"], swiftSettings: strict),
        .target(name: "SandboxProtocol", swiftSettings: strict),
        // A control group of the host's own, from systemd.
        .target(name: "SystemdScope", dependencies: [contract, "CLinux", "ControlGroups"], swiftSettings: strict),
        // The host's side of the launcher, for every back end that uses it.
        .target(
            name: "SandboxLauncher", dependencies: [contract, "CLinux", "SandboxProtocol"], swiftSettings: strict),
        // Cap'n Proto RPC as Swift values, for programs with one loop: the bridge, and apps without one.
        .target(
            name: "GrainRPC", dependencies: ["CCapnpRPC", "CapnProto"], exclude: ["README.md"], swiftSettings: strict),
        // The bridge's code is a library: a test bundle cannot link what is to be linked statically.
        .target(
            name: "HTTPBridge",
            dependencies: ["CLinux", "CCapnpRPC", "CapnProto", "GrainRPC", "GrainSchemas", "HTTP1", "JSON"],
            exclude: ["README.md"],
            swiftSettings: strict),
        .executableTarget(
            name: "barchan-http-bridge", dependencies: ["CLinux", "HTTPBridge"],
            swiftSettings: strict, linkerSettings: staticLinking + [.linkedLibrary("gcc_eh")]),
        // An app that needs no bridge; see its README.
        .executableTarget(
            name: "native-app", dependencies: ["GrainRPC", "GrainSchemas"], path: "contrib/examples/native-app/Sources",
            swiftSettings: strict, linkerSettings: staticLinking + [.linkedLibrary("gcc_eh")]),
        .executableTarget(
            name: "sandbox-probe", dependencies: ["CLinux"], swiftSettings: strict, linkerSettings: staticLinking),
        .executableTarget(name: "capnpc-swift", dependencies: ["CapnProto"], swiftSettings: strict),
    ]
        + module("Isolation", "NamespaceIsolation", dependencies: ["SandboxLauncher", "SandboxProtocol"])
        + module("Isolation", "BubblewrapIsolation", dependencies: ["SandboxLauncher", "SandboxProtocol"])
        + module("Isolation", "OCIIsolation", dependencies: ["SandboxLauncher", "SandboxProtocol"])
        + module(
            "Isolation", "ExternalIsolation",
            dependencies: ["CLinux", "SandboxLauncher", "SandboxProtocol", "CapnProto", "GrainSchemas"])
        + module("Isolation", "LandlockIsolation", dependencies: ["SandboxLauncher", "SandboxProtocol"])
        + module(
            "Storage", "OverlayStorage",
            dependencies: ["CLinux", "CSQLite", "EROFS", "GrainBackup", "OpenPGP", "ProjectQuota", "SPK", "ZIP"])
        + module(
            "Transport", "CapnpTransport",
            dependencies: ["CLinux", "CCapnpRPC", "CapnProto", "EventLoops", "GrainSchemas"])
        + module(
            "Frontend", "HTTPFrontend",
            dependencies: [
                "CLinux", "CZlib", "EventLoops", "HTTP1", "HTTP1Server", "JSON", "CSodium",
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ])
        + [
            .testTarget(name: "BarchanTests", dependencies: [contract], swiftSettings: strict),
            .testTarget(
                name: "BarchanConformanceTests", dependencies: [contract, "BarchanConformance"], swiftSettings: strict),
            .testTarget(
                name: "BarchanControlTests",
                dependencies: [contract, "BarchanKernel", "BarchanControl", "CLinux", "JSON"],
                swiftSettings: strict),
            .testTarget(
                name: "BarchanKernelTests",
                dependencies: ["BarchanConformance", contract, "BarchanKernel", "CLinux", "Sealing"],
                swiftSettings: strict),
            .testTarget(
                name: "BarchanConfigurationTests", dependencies: [contract, "BarchanKernel", "BarchanConfiguration"],
                swiftSettings: strict),
            // Random numbers that a seed names.
            .target(name: "SplitMix", path: "Tests/SplitMix", swiftSettings: strict),
            .testTarget(
                name: "CapnProtoTests", dependencies: ["CapnProto", "GrainSchemas", "SplitMix"], swiftSettings: strict),
            .testTarget(name: "SPKTests", dependencies: ["SPK", "CapnProto", "GrainSchemas"], swiftSettings: strict),
            // Runs the command, which `swift build` makes beside the tests.
            .testTarget(name: "SPKCommandTests", dependencies: ["SPK", contract], swiftSettings: strict),
            .testTarget(
                name: "GrainRecordingTests", dependencies: ["GrainRecording", "CapnProto", "GrainSchemas"],
                swiftSettings: strict),
            .testTarget(name: "SharingTests", dependencies: [contract, "Sharing", "SplitMix"], swiftSettings: strict),
            .testTarget(
                name: "SMTPTests", dependencies: [contract, "BarchanKernel", "SMTP", "MailSink"], swiftSettings: strict),
            // A mail server on loopback for tests.
            .target(name: "MailSink", path: "Tests/MailSink", swiftSettings: strict),
            .testTarget(
                name: "EventLoopsTests", dependencies: [contract, "CLinux", "EventLoops"], swiftSettings: strict),
            .testTarget(name: "ZIPTests", dependencies: [contract, "ZIP", "GrainBackup"], swiftSettings: strict),
            .testTarget(name: "EROFSTests", dependencies: ["EROFS"], swiftSettings: strict),
            .testTarget(name: "TOMLTests", dependencies: ["TOML"], swiftSettings: strict),
            .testTarget(name: "HTTP1Tests", dependencies: ["HTTP1", "SplitMix"], swiftSettings: strict),
            .testTarget(name: "HTTP1ServerTests", dependencies: ["HTTP1Server"], swiftSettings: strict),
            .testTarget(
                name: "NamespaceIsolationTests",
                dependencies: [
                    contract, "NamespaceIsolation", "SandboxLauncher", "SandboxProtocol", "BarchanConformance",
                    "CLinux",
                ],
                swiftSettings: strict),
            .testTarget(
                name: "SystemdScopeTests", dependencies: [contract, "CLinux", "SystemdScope"], swiftSettings: strict),
            .testTarget(
                name: "ControlGroupsTests", dependencies: ["ControlGroups", "SandboxProtocol", "CLinux"],
                swiftSettings: strict),
            .testTarget(
                name: "IsolationBackEndTests",
                dependencies: [
                    contract, "BubblewrapIsolation", "OCIIsolation", "LandlockIsolation", "ExternalIsolation",
                    "BarchanConformance", "CapnProto", "GrainSchemas",
                ],
                swiftSettings: strict),
            .testTarget(
                name: "OverlayStorageTests",
                dependencies: [
                    contract, "OverlayStorage", "BarchanConformance", "CapnProto", "GrainSchemas", "OpenPGP",
                    "ProjectQuota", "SPK", "CLinux", "SplitMix",
                    "storage-worker",
                ],
                swiftSettings: strict),
            // What the storage tests kill.
            .executableTarget(
                name: "storage-worker",
                dependencies: [contract, "BarchanKernel", "BarchanConformance", "OverlayStorage", "SplitMix"],
                path: "Tests/StorageWorker",
                swiftSettings: strict),
            .testTarget(
                name: "CapnpTransportTests",
                dependencies: [
                    contract, "CapnpTransport", "BarchanConformance", "CLinux", "CCapnpRPC", "CapnProto",
                    "GrainSchemas", "SplitMix",
                ],
                exclude: ["README.md"], swiftSettings: strict),
            .testTarget(
                name: "BridgeTests",
                dependencies: [
                    "HTTPBridge", "HTTP1", "CCapnpRPC", "CapnProto", "GrainSchemas", "GrainRecording", "CLinux",
                ],
                swiftSettings: strict),
            .testTarget(
                name: "HTTPFrontendTests",
                dependencies: [contract, "HTTPFrontend", "BarchanConformance", "CLinux", "EventLoops"],
                swiftSettings: strict),
            .testTarget(
                name: "EndToEndTests", dependencies: [contract, "CLinux", "MailSink"], swiftSettings: strict),
        ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// `BARCHAN_ONLY="SPKTests barchan"` keeps those targets and what they need: for work on one part, and for packagers.
if let only = Context.environment["BARCHAN_ONLY"] {
    let byName = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
    var wanted: Set<String> = []
    var pending = only.split(separator: " ").map(String.init)
    while let name = pending.popLast() {
        guard let target = byName[name], wanted.insert(name).inserted else { continue }
        for dependency in target.dependencies {
            switch dependency {
            case .byNameItem(let name, _), .targetItem(let name, _): pending.append(name)
            default: continue
            }
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    let products =
        [
            "NamespaceIsolation", "OverlayStorage", "CapnpTransport", "HTTPFrontend",
        ].map { ($0, "\($0)Module") } + package.targets.filter { $0.type == .executable }.map { ($0.name, $0.name) }
    package.products.removeAll { product in !products.contains { $0.0 == product.name && wanted.contains($0.1) } }
}
