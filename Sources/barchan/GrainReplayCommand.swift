import ArgumentParser
import Barchan
import BarchanKernel
import Glibc
import GrainRecording

struct GrainReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Plays one side of a recording again and says where the other side differs.",
        discussion: """
            With a program behind '--' the host is played, at the pace at which the app answers; the program gets it on \
            descriptor 3 and should run as it does in a grain: 'sandstorm-http-bridge 8000 -- server'. With --transport \
            the app is played to the configured transport, which is asked for the sessions and pages of the recording. The \
            exit status is 1 when something differs or does not come. A recording holds a conversation for each start of the \
            grain: one of them is played.
            """)

    @OptionGroup var options: HostOptions
    @Argument(help: "The recording.") var recording: String
    @Argument(parsing: .postTerminator, help: "The program and its arguments, behind '--'.") var program: [String] = []
    @Flag(help: "Plays the app to the transport instead.") var transport = false
    @Option(
        parsing: .unconditional, help: "Which of several conversations is played, from 1 on; the last when left out.")
    var conversation: Int?
    @Option(
        parsing: .unconditional,
        help: "Seconds without a word of the other side after which what is missing counts as not coming.")
    var patience = 10

    func validate() throws {
        guard program.isEmpty == transport else { throw ValidationError("name a program behind '--', or --transport") }
        guard (1...86_400).contains(patience) else {
            throw ValidationError("--patience is \(patience); 1 to 86400 seconds are possible")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let recorded = try chosen()
        var replay: Replay
        do throws(Recording.Mistake) { replay = try Replay(recorded, playing: transport ? .app : .host) } catch {
            throw HostError(.invalidArgument, "replay '\(recording)': \(error)")
        }
        if transport {
            replay = try await playApp(of: recorded, replay)
        } else {
            let app = try ReplayedApp(program)
            app.socket.converse(&replay, patienceSeconds: patience)
            app.end()
        }
        replay.finish()
        for difference in replay.differences { printLine("\(difference)") }
        printLine("\(replay.comparedCount) calls and answers compared, \(replay.differences.count) differences")
        if !replay.differences.isEmpty { throw ExitCode(1) }
    }

    private func chosen() throws(HostError) -> Recording {
        let all = try RecordingFile.read(recording)
        let number = conversation ?? all.count
        guard all.indices.contains(number - 1) else {
            throw HostError(
                .invalidArgument, "replay conversation \(number) of '\(recording)': there are \(all.count), from 1 on")
        }
        if all.count > 1 { printLine("conversation \(number) of \(all.count)") }
        return all[number - 1]
    }

    /// Asks the transport for what the recorded host was asked for.
    private func playApp(of recorded: Recording, _ replay: Replay) async throws -> Replay {
        let configuration = try options.configuration()
        let candidates = ModuleLoader(directories: configuration.pluginDirectories).load()
        let log = standardErrorLog(from: configuration.logLevel)
        let provider = try await Wiring(configuration, candidates: candidates, log: log).transport()
        let host = try RecordedHost(recorded)
        let sockets = try ReplaySocket.pair()
        let app = ReplayedPeer(sockets.socket, replay, patienceSeconds: patience)
        async let played = app.play()
        await host.ask(provider, over: OwnedDescriptor(takingOwnershipOf: sockets.other))
        return await played
    }
}
