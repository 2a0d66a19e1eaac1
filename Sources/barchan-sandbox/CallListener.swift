import CLinux
import Glibc

/// Where the virtual calls of one sandbox arrive.
final class CallListener {
    typealias Call = clinux_call

    let number: CInt
    /// procfs of this process's pid namespace.
    private let processes: CInt

    init(_ number: CInt, processes: CInt) {
        self.number = number
        self.processes = processes
    }

    deinit { close(number) }

    /// The next call; nil when its caller has been killed meanwhile. From now on the caller waits for the answer also through
    /// signals.
    func receive() -> Call? {
        var call = Call()
        return clinux_call_receive(number, &call) == 0 ? call : nil
    }

    func answer(_ call: Call, with answer: VirtualAnswer) {
        switch answer {
        case .error(let error): _ = clinux_call_answer(number, call.id, 0, error)
        case .proceed:
            // Linux before 5.5 cannot.
            if clinux_call_proceed(number, call.id) < 0 { _ = clinux_call_answer(number, call.id, 0, ENOSYS) }
        case .value(let value, let bytes, let address, let also):
            var error = also.map { write($0.bytes, at: $0.address, of: call) } ?? 0
            if error == 0 { error = write(bytes, at: address, of: call) }
            _ = clinux_call_answer(number, call.id, error == 0 ? value : 0, error)
        }
    }

    /// Writes into the caller's memory; an errno value, 0 for success.
    ///
    /// The order matters: the memory is opened first, which holds on to it, and then the kernel is asked whether the caller
    /// still waits. If so its number was its own all the time and the memory is its own; if not, nothing is written. A number
    /// alone could by then be somebody else's.
    private func write(_ bytes: [UInt8], at address: UInt64, of call: Call) -> CInt {
        let memory = openat(processes, "\(call.pid)/mem", O_WRONLY | O_CLOEXEC)
        // Not to be had, as of a process that made itself undumpable below an ordinary user's host: no answer, then.
        guard memory >= 0 else { return ENOSYS }
        defer { close(memory) }
        guard clinux_call_waits(number, call.id) != 0 else { return EINTR }
        guard let offset = Int(exactly: address) else { return EFAULT }
        return pwrite(memory, bytes, bytes.count, offset) == bytes.count ? 0 : EFAULT
    }

    /// So many bytes of the caller's memory, in the order of ``write``; nil when they cannot be had.
    func read(_ count: Int, at address: UInt64, of call: Call) -> [UInt8]? {
        let memory = openat(processes, "\(call.pid)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { return nil }
        defer { close(memory) }
        guard clinux_call_waits(number, call.id) != 0, let offset = Int(exactly: address) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return pread(memory, &bytes, count, offset) == count ? bytes : nil
    }

    /// The process or thread that a caller means by a number, by our own number; nil when there is none. 0 is the caller.
    func process(named argument: UInt64, by call: Call) -> pid_t? {
        let number = pid_t(truncatingIfNeeded: argument)
        let caller = pid_t(truncatingIfNeeded: call.pid)
        guard number != 0 else { return caller }
        let namespace = openat(processes, "\(caller)/ns/pid", O_RDONLY | O_CLOEXEC)
        guard namespace >= 0 else { return caller }
        defer { close(namespace) }
        let found = clinux_process_number(namespace, number)
        if found > 0 { return found }
        // A kernel that cannot tell: the caller stands for whoever it asks about.
        return errno == ENOTTY ? caller : nil
    }
}
