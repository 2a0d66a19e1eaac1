import Barchan
import Testing

/// The pages for administrators.
@Suite struct AdministrationTests {
    private static let places = ["/admin", "/people", "/admin/packages", "/admin/limits", "/admin/log", "/admin/audit"]

    @Test(arguments: places) func theyAreForAdministratorsAlone(_ place: String) async throws {
        try await Serving.run { serving async throws in
            serving.host.addGrain("Somebody’s secret")
            let mine = try await serving.request(place, as: serving.host.logIn())
            #expect(mine.status == 200)
            #expect(mine.text.contains("<a href=\"\(place)\" aria-current=\"page\">"), "it says where one is")
            #expect(mine.text.ranges(of: "<h1").count == 1)
            let other = try await serving.request(place, as: serving.host.logIn(FakeHost.guest))
            #expect(other.status == 403 || place == "/people")
            #expect(!other.text.contains("Somebody’s secret") && !other.text.contains("runningGrains"))
            #expect(!other.text.contains("Administration</a>"))
            #expect(try await serving.request(place).status == 403)
        }
    }

    @Test func usageSaysWhoUsesWhat() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            serving.host.addGrain("Tea <b>", usedBytes: 2_000_000)
            serving.host.addGrain("Coffee", usedBytes: 1_000_000)
            let all = try await serving.request("/admin", as: login).text
            for text in [
                "Tea &lt;b&gt;", ">ada<", "42 MB", ">7<", "2 s", "2.0 MB", "2 grains, 2 in memory with 84 MB",
                "on disk 3.0 MB", "Grains: running &quot;now&quot;", "<dt>Last backup by the host</dt><dd>2026-11-28 ",
            ] { #expect(all.contains(text), "\(text)") }
            let some = try await serving.request("/admin?q=coffee+ada", as: login).text
            #expect(some.contains("1 of 2 grains") && !some.contains("Tea"))
            for number in 0..<50 { serving.host.addGrain("Grain \(number)") }
            let first = try await serving.request("/admin?q=grain", as: login).text
            #expect(!first.contains("href=\"/admin?q=grain&amp;page=2\""), "50 fit")
            #expect(try await serving.request("/admin", as: login).text.contains("href=\"/admin?page=2\""))
        }
    }

    @Test func packagesLimitsAndLogsAreShown() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            let packages = try await serving.request("/admin/packages", as: login).text
            for text in [
                "DokuWiki", "2022-07-31", "in use", ">12<", "23 MB", FakeHost.wiki.identifier.text,
                "<a href=\"/apps/\(FakeHost.wiki.app)/upgrade\">waits for your word</a>",
            ] { #expect(packages.contains(text), "\(text)") }
            let limits = try await serving.request("/admin/limits", as: login).text
            #expect(limits.contains("<code>runningGrains</code>") && limits.contains(">1000<"))
            let log = try await serving.request("/admin/log", as: login).text
            #expect(log.contains("<b class=\"warning\">warning</b> grain &lt;x&gt; did not start"))
        }
    }

    @Test func theAuditLogGoesBackPageByPage() async throws {
        try await Serving.run { serving async throws in
            let login = serving.host.logIn()
            serving.host.directory.withLock { $0.auditCount = 130 }
            let first = try await serving.request("/admin/audit", as: login).text
            #expect(first.contains("q130") && first.contains("q31<") && !first.contains("q30<"))
            #expect(first.contains("&lt;b&gt;Wiki&lt;/b&gt;") && first.contains("app.install"))
            #expect(first.contains("href=\"/admin/audit?older=31\""))
            let second = try await serving.request("/admin/audit?older=31", as: login).text
            #expect(second.contains("q30<") && second.contains("q1<") && !second.contains("q31<"))
            #expect(!second.contains("Older</a>"))
            #expect(try await serving.request("/admin/audit?older=1", as: login).text.contains("Nothing older."))
            #expect(try await serving.request("/admin/nothing", as: login).status == 404)
        }
    }
}
