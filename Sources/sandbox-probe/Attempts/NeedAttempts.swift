/// What ordinary programs need: Python, PHP, Node, Go, Java, Perl, SQLite, PostgreSQL and databases that map their files.
enum NeedAttempts {
    static let all =
        processes + threads + memory + exchange + messages + sockets + files + locks + metadata + events + clocks
        + identity
}
