import Foundation
import Testing

/// Apps that speak Cap'n Proto themselves, without a bridge: one in Swift, one in Python with other people's library.
extension EndToEndTests {
    @Test(
        "an app without a bridge serves its page, keeps what it saved, and stays awake when it wants to",
        arguments: [("native-app", "New counter"), ("native-python", "New Python counter")])
    func nativeApp(_ name: String, _ button: String) async throws {
        try await Stage.with(name, apps: [name]) { stage in
            let page = try await stage.person.create(button)
            let grain = try await page.grain()
            try await page.waitInFrame(for: "document.querySelector('#visits')?.innerText === '1'", "the first visit")
            try await page.waitInFrame(for: "document.body.innerText.includes('Hello, Administrator')", "the name")
            try await page.waitInFrame(for: "document.querySelector('#restored').innerText === 'no'", "a new counter")

            // What it saved in its first run comes back in the second.
            try await page.close()
            try await stage.command.wait(for: "stopped", of: grain)
            let again = try await stage.person.open(grain)
            try await again.waitInFrame(for: "document.querySelector('#visits')?.innerText === '2'", "the second visit")
            try await again.waitInFrame(
                for: "document.querySelector('#restored').innerText === 'yes' || (location.reload(), false)",
                "the counter to be restored")

            // Nobody looks, and it runs on.
            try await again.runInFrame("document.querySelector('form[action=\"/awake\"] button').click(); true")
            try await again.waitInFrame(for: "document.querySelector('#awake')?.innerText === 'yes'", "the wake lock")
            try await again.capture("\(name)-awake")
            try await again.close()
            // A grain that is opened and closed later than this one, and wants nothing, stops first.
            let other = try await stage.person.create(button)
            try await other.waitInFrame(for: "document.querySelector('#visits')?.innerText === '1'", "another grain")
            let sleeper = try await other.grain()
            try await other.close()
            try await stage.command.wait(for: "stopped", of: sleeper)
            let state = try await stage.command.grains().first { $0.identifier == grain }?.state
            #expect(state == "running")

            let last = try await stage.person.open(grain)
            try await last.waitInFrame(for: "document.querySelector('#awake')?.innerText === 'yes'", "the same run")
            try await last.runInFrame("document.querySelector('form[action=\"/asleep\"] button').click(); true")
            try await last.waitInFrame(for: "document.querySelector('#awake')?.innerText === 'no'", "no wake lock")
            try await last.close()
            try await stage.command.wait(for: "stopped", of: grain)
        }
    }
}
