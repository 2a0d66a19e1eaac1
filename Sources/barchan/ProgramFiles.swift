import Barchan
import BarchanKernel
import Glibc

/// What comes with the command: in an installation, or in the build folder of a checkout.
enum ProgramFiles {
    /// The bridge that packages get.
    static func bridge() throws(HostError) -> String {
        let programs = HostPaths.ofThisProcess().programs
        return try first(["\(programs)/barchan-http-bridge"], "the bridge", option: "--bridge")
    }

    /// The directory with `sandstorm/package.capnp` and what it imports.
    static func schemas() throws(HostError) -> String {
        let programs = HostPaths.ofThisProcess().programs
        let places = ["\(programs)/../../share/barchan/schemas", "\(programs)/../../../Schemas"]
        let found = try first(places.map { "\($0)/sandstorm/package.capnp" }, "the schemas", option: "-I")
        return String(found.dropLast("/sandstorm/package.capnp".count))
    }

    private static func first(_ places: [String], _ what: String, option: String) throws(HostError) -> String {
        guard let place = places.first(where: { access($0, R_OK) == 0 }) else {
            throw HostError(
                .notFound,
                "find \(what): there is no \(places.map { "'\($0)'" }.joined(separator: " or ")); name it with \(option)"
            )
        }
        return place
    }
}

func join(_ directory: String, _ name: String) -> String {
    if name.isEmpty { return directory }
    if name.hasPrefix("/") { return name }
    return directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
}

/// A path that a file names, relative to that file's own directory.
func beside(_ file: String, _ name: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return name }
    return join(String(file[..<slash]), name)
}
