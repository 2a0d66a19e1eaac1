import Barchan
import SPK
import Testing

@Suite struct IdentifierTests {
    private let key: [UInt8] = [
        0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99, 0x67, 0xe4,
        0xd6,
        0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8,
    ]
    private let text = "0fhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w0"

    @Test func anAppIdIsItsPublicKey() throws {
        #expect(AppID(publicKey: key).text == text)
        #expect(try AppID(parsing: text).publicKey == key)
    }

    @Test(arguments: [
        "0FHHGGZMTS8CW7CHVNDFFKY0M5MY9PJHMFKHURSXVK3684KP66W0", "ofhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66wo",
        "OfhhggzmtsBcw7chvndffkyOm5my9pjhmfkhursxvk36b4kp66w0",
    ])
    func whatPeopleTypeIsForgiven(_ typed: String) throws {
        #expect(try AppID(parsing: typed).text == text)
    }

    @Test func lettersThatLookLikeOneAreOne() throws {
        let ones = "1" + String(repeating: "0", count: 51)
        #expect(try AppID(parsing: "i" + ones.dropFirst()).text == ones)
        #expect(try AppID(parsing: "L" + ones.dropFirst()).text == ones)
    }

    @Test(arguments: [
        "", "0", "0fhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w",
        "-fhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w0",
        // Bits behind the key.
        "0fhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w1", "éfhhggzmts8cw7chvndffky0m5my9pjhmfkhursxvk3684kp66w",
    ])
    func anythingElseIsRefused(_ typed: String) {
        #expect(failure { _ = try AppID(parsing: typed) }?.code == .invalidArgument)
    }

    @Test func aRolledKeyContinuesItsApp() throws {
        for entry in AppIDReplacement.all where entry.trustedPackages == nil {
            let app = try #require(AppID(entry.original))
            #expect(try app.current(forPackage: nil).text == entry.replacement)
        }
        let untouched = AppID(publicKey: key)
        #expect(try untouched.current(forPackage: nil) == untouched)
    }

    @Test func aRevokedKeyIsRefusedExceptForTheNamedPackages() throws {
        let app = try #require(AppID("vjvekechd398fn1t1kn1dgdnmaekqq9jkjv3zsgzymc4z913ref0"))
        let trusted = try #require(PackageID("b5bb9d8014a0f9b1d61e21e796d78dcc"))
        let other = try #require(PackageID("00000000000000000000000000000000"))
        #expect(try app.current(forPackage: trusted).text == "wq95qmutckc0yfmecv0ky96cqxgp156up8sv81yxvmery58q87jh")
        #expect(failure { _ = try app.current(forPackage: other) }?.message.contains("revoked") == true)
    }

    @Test func replacementsFollowOneAnotherAndACircleEnds() throws {
        let a = AppID(publicKey: [UInt8](repeating: 1, count: 32)),
            b = AppID(publicKey: [UInt8](repeating: 2, count: 32))
        let c = AppID(publicKey: [UInt8](repeating: 3, count: 32))
        func entry(_ from: AppID, _ to: AppID) -> AppIDReplacement {
            AppIDReplacement(original: from.text, replacement: to.text, trustedPackages: nil)
        }
        #expect(try a.current(forPackage: nil, replacements: [entry(b, c), entry(a, b)]) == c)
        _ = try a.current(forPackage: nil, replacements: [entry(a, b), entry(b, a)])
    }
}
