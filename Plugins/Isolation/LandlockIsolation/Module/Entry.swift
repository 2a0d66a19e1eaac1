import Barchan
import LandlockIsolation

/// What the loader reads before it runs any code of this file: name size, description size, type, `Barchan`, the
/// contract's version and the Swift version.
@section(".note.barchan") @used
private let note:
    (
        UInt32, UInt32, UInt32, (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8), UInt32, UInt32, UInt32, UInt32
    ) = (8, 16, 1, (0x42, 0x61, 0x72, 0x63, 0x68, 0x61, 0x6e, 0), 1, 0, 6, 3)

@c(barchan_plugin)
public func barchanPlugin() -> UnsafeMutableRawPointer { Plugin.landlock.exported() }
