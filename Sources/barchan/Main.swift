import ArgumentParser
import Glibc

/// The entry point.
///
/// Not ArgumentParser's own: an asynchronous `main` ends through the main queue, and once some modules are loaded
/// nobody drains that queue any more, so the process would never exit. Here the thread that finishes the command does.
@main
enum Main {
    static func main() {
        do {
            var command = try BarchanCommand.parseAsRoot()
            guard let asynchronous = command as? any AsyncParsableCommand else { return try command.run() }
            run(asynchronous)
        } catch {
            BarchanCommand.exit(withError: error)
        }
    }

    private static func run(_ command: any AsyncParsableCommand) -> Never {
        nonisolated(unsafe) var command = command
        Task {
            do {
                if var tidy = command as? any TidyCommand {
                    try await tidy.runTidily()
                } else {
                    try await command.run()
                }
                exit(0)
            } catch {
                BarchanCommand.exit(withError: error)
            }
        }
        while true { pause() }
    }
}
