import Foundation
import Testing

/// What `verify --details` says of a manifest (specification, sections 1.5 and 2.2).
@Suite struct DetailsTests {
    private let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.write("src/opt/app/run", "#!", isExecutable: true)
    }

    private func details(_ metadata: String) throws -> (metadata: [String: Any], errors: String) {
        try workshop.define(searchPath: #"(sourcePath = "src")"#, alwaysInclude: #"".""#)
        let text = try workshop.read("sandstorm-pkgdef.capnp")
        try workshop.write(
            "sandstorm-pkgdef.capnp",
            text.replacing("continueCommand = .command", with: "continueCommand = .command, metadata = (\(metadata))"))
        let packed = try workshop.spk("pack", "--quiet", "app.spk")
        try #require(packed.status == 0, "\(packed.errors)")
        let outcome = try workshop.spk("verify", "--details", "app.spk")
        try #require(outcome.status == 0, "\(outcome.errors)")
        let whole = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return (try #require(whole?["metadata"] as? [String: Any]), outcome.errors)
    }

    @Test func everythingIsThere() throws {
        try workshop.write("icon.png", "png of twenty bytes!")
        let (metadata, errors) = try details(
            """
            website = "https://example.com/site", codeUrl = "http://example.com/code",
            license = (openSource = apache2, notices = (defaultText = "notices")), categories = [productivity, games],
            author = (contactEmail = "a@example.com", upstreamAuthor = "Up\\x1b[31m Stream"),
            description = (defaultText = "\(String(repeating: "d", count: 300))"),
            shortDescription = (defaultText = "Short"), changeLog = (defaultText = "News"),
            icons = (appGrid = (svg = "<svg/>"), market = (png = (dpi1x = embed "icon.png")), marketBig = (svg = "<svg />")),
            screenshots = [(width = 640, height = 480, jpeg = embed "icon.png"), (width = 1, height = 2, png = "ab")]
            """)
        #expect(errors == "")
        let expected: NSDictionary = [
            "website": "https://example.com/site", "codeUrl": "http://example.com/code",
            "license": ["openSource": "apache2", "notices": "notices"], "categories": ["productivity", "games"],
            "author": ["contactEmail": "a@example.com", "upstreamAuthor": "Up [31m Stream"],
            "description": ["size": 300], "shortDescription": "Short", "changeLog": "News",
            "icons": [
                "appGrid": ["format": "svg", "size": 6], "market": ["format": "png", "size": 20],
                "marketBig": ["format": "svg", "size": 7],
            ],
            "screenshots": [
                ["format": "jpeg", "size": 20, "width": 640, "height": 480],
                ["format": "png", "size": 2, "width": 1, "height": 2],
            ],
        ]
        #expect(expected.isEqual(to: metadata), "\(metadata)")
    }

    @Test(arguments: [("website", "ftp://example.com/"), ("codeUrl", "javascript:alert(1)")])
    func aLinkThatNobodyMayFollowIsSaid(name: String, link: String) throws {
        let (metadata, errors) = try details("\(name) = \"\(link)\"")
        #expect(metadata[name] as? String == link)
        #expect(errors.contains("\(name) '\(link)'"), "\(errors)")
    }
}
