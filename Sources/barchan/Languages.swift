import Glibc

/// The languages that whoever runs the command reads, the best first, from the environment (setlocale(3), gettext's LANGUAGE).
func preferredLanguages() -> [String] {
    func value(_ name: String) -> String? {
        guard let text = getenv(name).map({ String(cString: $0) }), !text.isEmpty else { return nil }
        return text
    }
    let locale = value("LC_ALL") ?? value("LC_MESSAGES") ?? value("LANG") ?? "C"
    let names = (value("LANGUAGE")?.split(separator: ":").map(String.init) ?? []) + [locale]
    let languages = names.compactMap { name -> String? in
        let language = name.prefix { $0 != "." && $0 != "@" }
        return ["C", "POSIX", ""].contains(language) ? nil : String(language.map { $0 == "_" ? "-" : $0 })
    }
    // As for gettext: without a language LANGUAGE means nothing.
    return ["C", "POSIX"].contains(locale.prefix { $0 != "." }) ? [] : languages
}
