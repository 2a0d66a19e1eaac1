import Barchan

extension Plugin {
    /// What this module offers.
    static let direct = Plugin(
        identifier: "direct",
        summary: "An ordinary child process, no walls: for trying things out",
        factory: .isolation { (_, context) throws(HostError) in
            context.log(.warning, "isolation 'direct' builds no walls: run only apps you trust")
            return DirectIsolation()
        })
}

/// What the loader calls once it has accepted the file.
@c(barchan_plugin)
public func barchanPlugin() -> UnsafeMutableRawPointer { Plugin.direct.exported() }

/// What the loader reads before it runs any code of this file: name size, description size, type, `Barchan`, then the
/// contract's major and minor version and Swift's: change them with the contract and the toolchain that build this.
@section(".note.barchan") @used
private let note:
    (
        UInt32, UInt32, UInt32, (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8), UInt32, UInt32, UInt32, UInt32
    ) = (8, 16, 1, (0x42, 0x61, 0x72, 0x63, 0x68, 0x61, 0x6e, 0), 1, 0, 6, 3)
