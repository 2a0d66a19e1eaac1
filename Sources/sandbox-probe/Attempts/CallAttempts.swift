/// Calls that a filter knows nothing of, by number on x86-64 and with arguments that mean nothing: whoever answers otherwise
/// than that there is no such call has looked at them. ptrace is refused as an ordinary kernel does, see `processes.own.traceMe`.
enum CallAttempts {
    static let all = CallFacts.shut.filter { $0.0 != "ptrace" }.map { name, number in
        absent(name) { _ in kernel(number, -1, -1, -1, -1, -1, -1) }
    }
}
