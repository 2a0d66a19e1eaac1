import HTTP1
import Testing

@Suite struct FieldValueTests {
    /// The instant of every one of these is 816416724.
    static let dates = [
        "Wed, 15 Nov 1995 06:25:24 GMT", "Wednesday, 15-Nov-95 06:25:24 GMT", "Wed, 15-Nov-1995 06:25:24 GMT",
        "Wed, 15-Nov-95 06:25:24 GMT", "Wed Nov 15 06:25:24 1995",
    ]

    @Test(arguments: dates) func allFiveDateFormsAreRead(_ date: String) {
        #expect(HTTPDate.seconds(parsing: slice(date)) == 816_416_724)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000), ("Wed, 31-Dec-69 23:59:59 GMT", 3_155_759_999),
            ("Mon, 01 Jan 1601 00:00:00 GMT", -11_644_473_600),
        ] as [(String, Int64)])
    func datesAreCounted(_ example: (String, Int64)) {
        #expect(HTTPDate.seconds(parsing: slice(example.0)) == example.1)
    }

    @Test(arguments: [
        "", "tomorrow", "-1", "0", "Wed, 30 Feb 2023 00:00:00 GMT", "Wed, 15 Nov 1995 24:00:00 GMT",
        "Wed, 15 Nov 1995 06:25 GMT", "Wed, 15 Nov 1500 06:25:24 GMT", "99999999999999999999 Nov 1 1:1:1",
    ])
    func whatIsNoDateIsNone(_ date: String) {
        #expect(HTTPDate.seconds(parsing: slice(date)) == nil)
    }

    @Test func aCookieKeepsWhatCrosses() {
        let cookie = SetCookieField(
            parsing: slice("a=b; Path=/x; HttpOnly; Secure; SameSite=Lax; Domain=foo.com"))
        #expect(cookie.map { text($0.name) } == "a")
        #expect(cookie.map { text($0.value) } == "b")
        #expect(cookie.map { text($0.path) } == "/x")
        #expect(cookie?.isHTTPOnly == true)
        #expect(cookie?.expiry == SetCookieField.Expiry.none)
    }

    @Test(
        arguments: [
            ("s=1; Max-Age=60", .relative(60)), ("s=1; max-age=0", .relative(0)), ("s=1; max-age=-5", .relative(0)),
            ("s=1; Max-Age=x", .none), ("e=v; Expires=Wed, 15 Nov 1995 06:25:24 GMT", .absolute(816_416_724)),
            ("e=v; Max-Age=9; Expires=Wed, 15 Nov 1995 06:25:24 GMT", .relative(9)),
            ("e=v; Expires=Wed, 15 Nov 1995 06:25:24 GMT; Max-Age=9", .relative(9)), ("e=v; Expires=soon", .none),
            ("e=v; max-age=99999999999999999999999", .relative(UInt64(Int64.max))),
        ] as [(String, SetCookieField.Expiry)])
    func aCookieExpires(_ example: (String, SetCookieField.Expiry)) {
        #expect(SetCookieField(parsing: slice(example.0))?.expiry == example.1)
    }

    @Test(arguments: ["", "=", "=v", "novalue", ";a=b"])
    func aCookieWithoutANameIsNone(_ field: String) {
        #expect(SetCookieField(parsing: slice(field)) == nil)
    }

    @Test(arguments: [
        ("\"abc\"", "abc", false), ("W/\"abc\"", "abc", true), ("\"\"", "", false), (" \"a\" ", "a", false),
    ])
    func tagsAreRead(_ example: (String, String, Bool)) {
        #expect(EntityTag(parsing: slice(example.0)) == EntityTag(value: bytes(example.1), isWeak: example.2))
    }

    @Test(arguments: ["", "abc", "\"", "W/", "W/abc", "\"a", "\"a\"b\"", "w/\"a\""])
    func whatIsNoTagIsNone(_ field: String) { #expect(EntityTag(parsing: slice(field)) == nil) }

    @Test func listsOfTagsAreReadAndWritten() throws {
        let tags = EntityTag.list(parsing: slice("\"one\", W/\"t,wo\""))
        #expect(tags == [EntityTag(value: bytes("one")), EntityTag(value: bytes("t,wo"), isWeak: true)])
        #expect(try tags?.map { text(try $0.written()) } == ["\"one\"", "W/\"t,wo\""])
        #expect(EntityTag.list(parsing: slice("\"one\", two")) == nil)
        #expect(throws: HTTPError.valueNotWritable) { try EntityTag(value: bytes("a\"b")).written() }
    }

    @Test(
        arguments: [
            ("attachment; filename=\"a\\\"b.pdf\"", true, "a\"b.pdf"), ("attachment; filename=x.txt", true, "x.txt"),
            ("ATTACHMENT;FileName = \"x;y\" ; z=1", true, "x;y"), ("attachment", true, nil),
            ("inline; filename=\"q.txt\"", false, "q.txt"), ("", false, nil),
            ("attachment; filename=\"e.txt\"; filename*=UTF-8''%e2%82%ac.txt", true, "€.txt"),
            ("attachment; filename*=iso-8859-1'en'%A3; filename=x", true, "x"),
            ("attachment; filename*=UTF-8''%zz", true, nil),
            ("attachment; filename=\"unterminated", true, "\"unterminated"),
        ] as [(String, Bool, String?)])
    func dispositionsAreRead(_ example: (String, Bool, String?)) {
        let disposition = ContentDisposition(parsing: slice(example.0))
        #expect(disposition.isAttachment == example.1)
        #expect(disposition.filename.map { text($0) } == example.2)
    }

    @Test func davClassesAreRead() {
        let header = DAVHeader(parsing: [slice("1, 2, calendar-access"), slice("<http://x/>,3")])
        #expect(header.isClass1 && header.isClass2 && header.isClass3)
        #expect(header.extensions.map { text($0) } == ["calendar-access", "<http://x/>"])
    }

    @Test func qualitiesAreWrittenShort() {
        var list = QualityList()
        for (name, quality) in [
            ("a", 1), ("b", 0.8), ("c", 0.25), ("d", 0), ("e", 0.001), ("f", -3), ("g", 7), ("h", Float.nan),
            ("i", 0.0001), ("j", 0.9999), ("k", -Float.infinity),
        ] as [(String, Float)] {
            list.append(name, quality: quality)
        }
        #expect(
            text(list.text) == "a, b; q=0.8, c; q=0.25, d; q=0, e; q=0.001, f; q=0, g, h, i; q=0, j, k; q=0")
    }

    @Test func percentEncodingIsThatOfAComponent() {
        #expect(text(PercentEncoding.encode("Ann Ö Bee")) == "Ann%20%C3%96%20Bee")
        #expect(text(PercentEncoding.encode("-_.!~*'()")) == "-_.!~*'()")
        #expect(PercentEncoding.decode(slice("%4a%zz")) == nil)
        #expect(PercentEncoding.decode(slice("%4")) == nil)
        #expect(PercentEncoding.decode(slice("a%4ab")).map { text($0) } == "aJb")
    }

    @Test func allowListsMatchNamesAndPrefixes() {
        let allowed = ["X-Sandstorm-App-Zed", "x-sandstorm-app-", "OC-Total-Length", "X-Requested-With", "x-hgarg-1"]
        let refused = ["x-sandstorm-ap", "X-Sandstorm-User-Id", "oc-total-lengthy", "Range", "", "x-csrf"]
        for name in allowed { #expect(HeaderAllowList.grainRequest.contains(slice(name)), "\(name)") }
        for name in refused { #expect(!HeaderAllowList.grainRequest.contains(slice(name)), "\(name)") }
        #expect(HeaderAllowList.grainResponse.contains("X-OC-Mtime"))
        #expect(!HeaderAllowList.grainResponse.contains("X-Requested-With"))
    }
}
