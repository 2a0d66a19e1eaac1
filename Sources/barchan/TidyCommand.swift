import ArgumentParser
import BarchanConformance
import Glibc

/// A command that makes things on this machine - directories, processes, objects of System V - and removes them, also when
/// SIGINT or SIGTERM ends it. Sandboxes end with the process, whatever ends it.
protocol TidyCommand: AsyncParsableCommand {}

extension TidyCommand {
    /// Runs the command; a signal ends the process as a shell reports it, with 128 and its number.
    mutating func runTidily() async throws {
        let leftovers = Leftovers()
        let signals = StopSignals { number in
            leftovers.clear()
            _exit(128 + number)
        }
        defer { signals.cancel() }
        var problem: (any Error)?
        do {
            try await Leftovers.$current.withValue(leftovers) { try await run() }
        } catch {
            problem = error
        }
        // A command fails when things are taken from it. The process does not end for that: the signal ends it when all are gone.
        if leftovers.isCleared { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
        if let problem { throw problem }
    }
}
