import ArgumentParser
import Barchan
import BarchanKernel

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the host until it is told to stop (SIGINT, SIGTERM).",
        discussion: """
            When people can connect, it prints two lines to standard output:

              ready: http://localhost:6080
              login: http://localhost:6080/login/TOKEN

            The second one only at the first start and with --login-link: a link that logs somebody in as \
            administrator once, within an hour. Everything else goes to standard error.
            """)

    @OptionGroup var options: HostOptions
    @Flag(help: "Prints a new login link for the administrator also when there was one before.") var loginLink = false

    func run() async throws {
        throw HostError(.unsupported, "serve: not built yet")
    }
}
