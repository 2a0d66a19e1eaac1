import CLinux
import Glibc

/// One thing that is tried from inside, and what must come of it.
struct Attempt: Sendable {
    /// Unique: the family, a dot, what is tried.
    let name: String
    let promise: Promise
    let expectation: Expectation
    let body: @Sendable (Targets) -> Finding

    /// Whose promise an attempt is: a guarantee of the contract by its name there, or what every back end keeps.
    enum Promise: String {
        case privateFileSystem, readOnlyPackage, noNetwork, privateProcesses, privateIPC, syscallFilter, noCapabilities
        case noKernelFileSystems, ownIdentity, virtualizedCalls
        /// How a program starts, whatever is guaranteed.
        case everyBackEnd
        /// What ordinary programs need.
        case ordinaryNeeds
    }

    enum Expectation {
        /// Any error, and no effect.
        case refused
        /// The call does not exist: ENOSYS, before the kernel looked at an argument.
        case absent
        /// Success.
        case works
        /// This value.
        case equals(String)
    }

    enum Finding {
        /// As the kernel returns it: negative numbers are errors.
        case result(Int)
        case value(String)
        /// What the attempt needs first failed, so that nothing is known.
        case untried(String)
        /// The attempt's process ended before it could say something.
        case ended(String)
    }
}

extension Attempt.Expectation: CustomStringConvertible {
    var description: String {
        switch self {
        case .refused: "refused"
        case .absent: "ENOSYS"
        case .works: "works"
        case .equals(let value): value
        }
    }

    func isMet(by finding: Attempt.Finding) -> Bool {
        switch (self, finding) {
        case (.refused, .result(let result)): result < 0
        // A filter may kill; nothing was done then.
        case (.refused, .ended(signalOfFilter)), (.absent, .ended(signalOfFilter)): true
        case (.absent, .result(let result)): result == -Int(ENOSYS)
        case (.works, .result(let result)): result >= 0
        case (.equals(let expected), .value(let value)): expected == value
        default: false
        }
    }
}

private let signalOfFilter = "signal \(SIGSYS)"

extension Attempt.Finding: CustomStringConvertible {
    var description: String {
        switch self {
        case .result(let result): result < 0 ? errorName(CInt(truncatingIfNeeded: -result)) : "done"
        case .value(let value): value
        case .untried(let reason): "not tried: \(reason)"
        case .ended(let how): how
        }
    }
}

// The tables' words.

func refused(_ name: String, _ promise: Attempt.Promise, _ body: @escaping @Sendable (Targets) -> Int) -> Attempt {
    Attempt(name: name, promise: promise, expectation: .refused) { .of(body($0)) }
}

/// A call that the filter has to know nothing of.
func absent(_ name: String, _ body: @escaping @Sendable (Targets) -> Int) -> Attempt {
    Attempt(name: name, promise: .syscallFilter, expectation: .absent) { .of(body($0)) }
}

func works(
    _ name: String, _ promise: Attempt.Promise = .ordinaryNeeds, _ body: @escaping @Sendable (Targets) -> Int
) -> Attempt {
    Attempt(name: name, promise: promise, expectation: .works) { .of(body($0)) }
}

func fact(
    _ name: String, _ promise: Attempt.Promise, is value: String, _ body: @escaping @Sendable (Targets) -> String
) -> Attempt {
    Attempt(name: name, promise: promise, expectation: .equals(value)) { .value(body($0)) }
}

/// What a body returns when something it needs first cannot be had.
let untried = Int.min

extension Attempt.Finding {
    static func of(_ result: Int) -> Self {
        result == sandbox_probe.untried ? .untried("what it needs first failed: \(errorName(errno))") : .result(result)
    }
}
