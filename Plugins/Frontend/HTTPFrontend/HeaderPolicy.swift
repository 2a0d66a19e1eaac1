/// What browsers are told about every answer: the walls around a grain's page, and around our own pages.
///
/// CSP alone leaves ways out (WebRTC, DNS prefetch, preconnect, blocked navigations); Connection-Allowlist closes them
/// in browsers that have it. An app's own headers of these names never pass.
enum HeaderPolicy {
    /// For every answer of a grain's host, errors and redirects included.
    /// - Parameter pictures: The origin of people's pictures and of rendered offers.
    static func grain(
        origin: String, host: String, shell: String, pictures: String, except exceptions: PageExceptions
    ) -> FieldBlock {
        let socket = (origin.hasPrefix("https:") ? "wss://" : "ws://") + host
        var block = walls(except: exceptions, pictures: pictures)
        let policy = contentPolicy(socket: socket, shell: shell, pictures: pictures).map { directive, sources in
            ([directive, sources] + (exceptions.sources[directive] ?? [])).joined(separator: " ")
        }
        block.add("Content-Security-Policy", policy.joined(separator: "; "))
        return block
    }

    /// Everything an ordinary page does with its own host works; nothing reaches another one.
    private static func contentPolicy(socket: String, shell: String, pictures: String) -> [(
        directive: String, sources: String
    )] {
        [
            ("default-src", "'none'"),
            ("script-src", "'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob:"),
            ("style-src", "'self' 'unsafe-inline' data: blob:"),
            ("img-src", "'self' \(pictures) data: blob:"),
            ("media-src", "'self' data: blob:"),
            ("font-src", "'self' data: blob:"),
            ("connect-src", "'self' \(socket) data: blob:"),
            ("frame-src", "'self' \(pictures) blob:"),
            ("child-src", "'self' \(pictures) blob:"),
            ("worker-src", "'self' blob:"),
            ("manifest-src", "'self'"),
            ("object-src", "'none'"),
            ("form-action", "'self'"),
            ("base-uri", "'self'"),
            ("frame-ancestors", "'self' \(shell)"),
            ("sandbox", sandbox),
            ("webrtc", "'block'"),
        ]
    }

    /// For the policy and for the frame's attribute alike: no pop-ups, no navigation of our page, no pointer lock.
    static let sandbox = "allow-scripts allow-same-origin allow-forms allow-modals allow-downloads"

    private static func walls(except exceptions: PageExceptions, pictures: String) -> FieldBlock {
        var block = FieldBlock()
        block.add("Permissions-Policy", permissions(on: exceptions.features, for: "self"))
        block.add("Referrer-Policy", "no-referrer")
        block.add("Cross-Origin-Opener-Policy", "same-origin")
        // Another host's pictures and scripts come without its consent then, and without its cookies.
        let isWidened = !exceptions.sources.isEmpty
        block.add("Cross-Origin-Embedder-Policy", isWidened ? "credentialless" : "require-corp")
        block.add("Cross-Origin-Resource-Policy", "same-site")
        block.add("Origin-Agent-Cluster", "?1")
        block.add("X-Content-Type-Options", "nosniff")
        block.add("X-DNS-Prefetch-Control", "off")
        let allowed = ["response-origin"] + ([pictures] + exceptions.origins).map { "\"\($0)\"" }
        block.add("Connection-Allowlist", "(\(allowed.joined(separator: " ")));redirects=allow")
        return block
    }

    /// For a line of text to whoever asked in a way that does not tell which host was meant: it may have been a grain's page.
    static func unknownHost(shell: String, pictures: String) -> FieldBlock {
        var block = walls(except: .none, pictures: pictures)
        block.add(
            "Content-Security-Policy",
            "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self' \(shell); sandbox")
        return block
    }

    /// For our own pages.
    /// - Parameter frame: The one origin the page may show in a frame.
    /// - Parameter features: What that frame may use.
    static func shell(frame: String?, features: [String] = []) -> FieldBlock {
        var block = FieldBlock()
        block.add(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src \(frame ?? "'none'")")
        block.add("Permissions-Policy", permissions(on: features, for: "self \"\(frame ?? "")\""))
        // Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
        block.add("Referrer-Policy", "same-origin")
        block.add("Cross-Origin-Opener-Policy", "same-origin")
        block.add("Cross-Origin-Resource-Policy", "same-origin")
        block.add("Origin-Agent-Cluster", "?1")
        block.add("X-Content-Type-Options", "nosniff")
        block.add("X-DNS-Prefetch-Control", "off")
        block.add("X-Frame-Options", "DENY")
        return block
    }

    /// For what is no page: pictures, icons, offers and answers to programs. Nothing is learnt from them about who asks.
    /// - Parameter sites: Whose pages may use it (Fetch, section 3.7).
    static func noPage(_ contentPolicy: String, for sites: String = "cross-origin") -> FieldBlock {
        var block = FieldBlock()
        block.add("Content-Security-Policy", contentPolicy)
        block.add("Permissions-Policy", noTracking)
        block.add("Referrer-Policy", "no-referrer")
        block.add("Cross-Origin-Resource-Policy", sites)
        block.add("X-Content-Type-Options", "nosniff")
        return block
    }

    /// The policy of what may be opened as a document and has to show nothing but itself.
    static let picture = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

    private static func permissions(on features: [String], for origins: String) -> String {
        features.isEmpty
            ? allOff
            : HeaderPolicy.features.map { features.contains($0) ? "\($0)=(\(origins))" : "\($0)=()" }
                .joined(separator: ", ")
    }

    private static func off(_ features: [String]) -> String { features.map { "\($0)=()" }.joined(separator: ", ") }
    private static let allOff = off(features)

    private static let noTracking = off([
        "attribution-reporting", "browsing-topics", "interest-cohort", "join-ad-interest-group", "private-aggregation",
        "run-ad-auction", "shared-storage",
    ])

    /// Every feature a browser knows, as Chromium 156 lists them, and some of older ones.
    static let features = [
        "accelerometer", "all-screens-capture", "ambient-light-sensor", "aria-notify", "attribution-reporting",
        "autofill", "autoplay", "bluetooth", "browsing-topics", "camera", "captured-surface-control",
        "ch-device-memory", "ch-downlink", "ch-dpr", "ch-ect", "ch-prefers-color-scheme", "ch-prefers-reduced-motion",
        "ch-prefers-reduced-transparency", "ch-rtt", "ch-save-data", "ch-ua", "ch-ua-arch", "ch-ua-bitness",
        "ch-ua-form-factors", "ch-ua-full-version", "ch-ua-full-version-list", "ch-ua-high-entropy-values",
        "ch-ua-mobile", "ch-ua-model", "ch-ua-platform", "ch-ua-platform-version", "ch-ua-wow64",
        "ch-viewport-height", "ch-viewport-width", "ch-width", "clipboard-read", "clipboard-write",
        "compute-pressure", "controlled-frame", "cross-origin-isolated", "deferred-fetch", "deferred-fetch-minimal",
        "digital-credentials-create", "digital-credentials-get", "direct-sockets", "display-capture",
        "document-domain", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
        "identity-credentials-get", "idle-detection", "interest-cohort", "join-ad-interest-group", "keyboard-map",
        "language-detector", "language-model", "local-fonts", "local-network", "local-network-access",
        "loopback-network", "magnetometer", "media-playback-while-not-visible", "microphone", "midi",
        "on-device-speech-recognition", "otp-credentials", "payment", "picture-in-picture", "private-aggregation",
        "private-state-token-issuance", "private-state-token-redemption", "proofreader",
        "publickey-credentials-create", "publickey-credentials-get", "rewriter", "run-ad-auction", "screen-wake-lock",
        "serial", "shared-storage", "shared-storage-select-url", "smart-card", "speaker-selection", "storage-access",
        "sub-apps", "summarizer", "sync-xhr", "translator", "unload", "usb", "web-printing", "web-share",
        "window-management", "writer", "xr-spatial-tracking",
    ]
}
