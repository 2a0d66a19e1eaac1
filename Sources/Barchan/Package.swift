// swift-tools-version: 6.2
import PackageDescription

// The contract is a package of its own so that exactly one shared copy of it exists in a process: SwiftPM links a
// target of the same package statically into every product, and two copies mean two sets of types.
let package = Package(
    name: "Barchan",
    products: [.library(name: "Barchan", type: .dynamic, targets: ["Barchan"])],
    targets: [
        .target(
            name: "Barchan",
            path: ".",
            exclude: ["Package.swift", "README.md", "Documentation.docc"],
            // Library evolution keeps a module built against an older contract loadable after fields, cases and
            // methods were added.
            swiftSettings: [.unsafeFlags(["-enable-library-evolution"])]
        )
    ],
    swiftLanguageModes: [.v6]
)
