import Barchan
import Glibc

/// What is used of libsystemd (sd-bus(3)). Loaded when it is wanted: a host without systemd needs no such library, and a build no
/// headers of it.
struct SystemdLibrary: @unchecked Sendable {
    // Never written after they are found; the functions have no state of their own besides the object that is their first argument.
    typealias Bus = OpaquePointer
    typealias Message = OpaquePointer

    let new: @convention(c) (UnsafeMutablePointer<Bus?>) -> CInt
    let setAddress: @convention(c) (Bus, UnsafePointer<CChar>) -> CInt
    let setBusClient: @convention(c) (Bus, CInt) -> CInt
    let start: @convention(c) (Bus) -> CInt
    let openSystem: @convention(c) (UnsafeMutablePointer<Bus?>) -> CInt
    let openUser: @convention(c) (UnsafeMutablePointer<Bus?>) -> CInt
    let isReady: @convention(c) (Bus) -> CInt
    let process: @convention(c) (Bus, UnsafeMutablePointer<Message?>?) -> CInt
    /// Microseconds.
    let wait: @convention(c) (Bus, UInt64) -> CInt
    let closeUnreference: @convention(c) (Bus) -> Bus?
    let newCall:
        @convention(c) (
            Bus, UnsafeMutablePointer<Message?>, UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>,
            UnsafePointer<CChar>
        ) -> CInt
    let appendBasic: @convention(c) (Message, CChar, UnsafeRawPointer) -> CInt
    let appendArray: @convention(c) (Message, CChar, UnsafeRawPointer, Int) -> CInt
    let openContainer: @convention(c) (Message, CChar, UnsafePointer<CChar>) -> CInt
    let closeContainer: @convention(c) (Message) -> CInt
    /// The limit is in microseconds.
    let call: @convention(c) (Bus, Message, UInt64, UnsafeMutableRawPointer, UnsafeMutablePointer<Message?>) -> CInt
    let readBasic: @convention(c) (Message, CChar, UnsafeMutableRawPointer) -> CInt
    let isSignal: @convention(c) (Message, UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt
    let unreference: @convention(c) (Message) -> Message?
    let freeError: @convention(c) (UnsafeMutableRawPointer) -> Void

    /// - Throws: ``HostError`` `.unsupported` where the library, or a function of it, is not there.
    init() throws(HostError) {
        guard let handle = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL) else {
            throw HostError(.unsupported, "load libsystemd: \(SystemdLibrary.reason); install libsystemd0")
        }
        new = try SystemdLibrary.function("sd_bus_new", handle)
        setAddress = try SystemdLibrary.function("sd_bus_set_address", handle)
        setBusClient = try SystemdLibrary.function("sd_bus_set_bus_client", handle)
        start = try SystemdLibrary.function("sd_bus_start", handle)
        openSystem = try SystemdLibrary.function("sd_bus_open_system", handle)
        openUser = try SystemdLibrary.function("sd_bus_open_user", handle)
        isReady = try SystemdLibrary.function("sd_bus_is_ready", handle)
        process = try SystemdLibrary.function("sd_bus_process", handle)
        wait = try SystemdLibrary.function("sd_bus_wait", handle)
        closeUnreference = try SystemdLibrary.function("sd_bus_close_unref", handle)
        newCall = try SystemdLibrary.function("sd_bus_message_new_method_call", handle)
        appendBasic = try SystemdLibrary.function("sd_bus_message_append_basic", handle)
        appendArray = try SystemdLibrary.function("sd_bus_message_append_array", handle)
        openContainer = try SystemdLibrary.function("sd_bus_message_open_container", handle)
        closeContainer = try SystemdLibrary.function("sd_bus_message_close_container", handle)
        call = try SystemdLibrary.function("sd_bus_call", handle)
        readBasic = try SystemdLibrary.function("sd_bus_message_read_basic", handle)
        isSignal = try SystemdLibrary.function("sd_bus_message_is_signal", handle)
        unreference = try SystemdLibrary.function("sd_bus_message_unref", handle)
        freeError = try SystemdLibrary.function("sd_bus_error_free", handle)
    }

    private static func function<Function>(_ name: String, _ library: UnsafeMutableRawPointer) throws(HostError)
        -> Function
    {
        guard let symbol = dlsym(library, name) else {
            throw HostError(.unsupported, "find \(name) in libsystemd: \(reason); systemd 240 or newer is needed")
        }
        return unsafeBitCast(symbol, to: Function.self)
    }

    private static var reason: String { dlerror().map { String(cString: $0) } ?? "no reason given" }
}
