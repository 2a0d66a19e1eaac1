// swift-tools-version: 6.2
import PackageDescription

// A module outside Barchan's tree needs the contract and nothing else. In a package of your own, point the path at the
// directory of a checkout, or at where your distribution's barchan-dev package puts it.
let package = Package(
    name: "out-of-tree-plugin",
    products: [.library(name: "DirectIsolation", type: .dynamic, targets: ["DirectIsolation"])],
    dependencies: [.package(path: "../../../Sources/Barchan")],
    targets: [
        .target(
            name: "DirectIsolation",
            dependencies: [.product(name: "Barchan", package: "Barchan")],
            // Exports the entry point and hides the rest.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/module.map"])
            ])
    ],
    swiftLanguageModes: [.v6]
)
