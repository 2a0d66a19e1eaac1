/// What browsers are told about every answer: the walls around a grain's page, and around our own pages.
///
/// CSP alone leaves ways out (WebRTC, DNS prefetch, preconnect, blocked navigations); Connection-Allowlist closes them
/// in browsers that have it. An app's own headers of these names never pass.
enum HeaderPolicy {
    /// For every answer of a grain's host, errors and redirects included.
    static func grain(origin: String, host: String, shell: String) -> FieldBlock {
        let socket = (origin.hasPrefix("https:") ? "wss://" : "ws://") + host
        var block = walls
        block.add("Content-Security-Policy", contentPolicy(socket: socket, shell: shell))
        return block
    }

    /// Everything an ordinary page does with its own host works; nothing reaches another one.
    private static func contentPolicy(socket: String, shell: String) -> String {
        [
            "default-src 'none'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob:",
            "style-src 'self' 'unsafe-inline' data: blob:",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data: blob:",
            "connect-src 'self' \(socket) data: blob:",
            "frame-src 'self' blob:",
            "child-src 'self' blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "object-src 'none'",
            "form-action 'self'",
            "base-uri 'self'",
            "frame-ancestors 'self' \(shell)",
            "sandbox \(sandbox)",
            "webrtc 'block'",
        ].joined(separator: "; ")
    }

    /// For the policy and for the frame's attribute alike: no pop-ups, no navigation of our page, no pointer lock.
    static let sandbox = "allow-scripts allow-same-origin allow-forms allow-modals allow-downloads"

    private static let walls: FieldBlock = {
        var block = FieldBlock()
        block.add("Permissions-Policy", permissions)
        block.add("Referrer-Policy", "no-referrer")
        block.add("Cross-Origin-Opener-Policy", "same-origin")
        block.add("Cross-Origin-Embedder-Policy", "require-corp")
        block.add("Cross-Origin-Resource-Policy", "same-site")
        block.add("Origin-Agent-Cluster", "?1")
        block.add("X-Content-Type-Options", "nosniff")
        block.add("X-DNS-Prefetch-Control", "off")
        block.add("Connection-Allowlist", "(response-origin);redirects=allow")
        return block
    }()

    /// For our own pages.
    /// - Parameter frame: The one origin the page may show in a frame.
    static func shell(frame: String?) -> FieldBlock {
        var block = FieldBlock()
        block.add(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src \(frame ?? "'none'")")
        block.add("Permissions-Policy", permissions)
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

    /// Every feature a browser knows, off.
    private static let permissions = [
        "accelerometer", "attribution-reporting", "autoplay", "bluetooth",
        "browsing-topics", "camera", "captured-surface-control", "clipboard-read", "clipboard-write",
        "compute-pressure",
        "cross-origin-isolated", "deferred-fetch", "digital-credentials-get", "display-capture",
        "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
        "idle-detection", "interest-cohort", "join-ad-interest-group", "keyboard-map", "local-fonts",
        "local-network-access", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
        "picture-in-picture", "private-state-token-issuance", "private-state-token-redemption",
        "publickey-credentials-create", "publickey-credentials-get", "run-ad-auction", "screen-wake-lock", "serial",
        "shared-storage", "speaker-selection", "storage-access",
        "sync-xhr", "unload", "usb", "web-share", "window-management", "xr-spatial-tracking",
    ].map { "\($0)=()" }.joined(separator: ", ")
}
