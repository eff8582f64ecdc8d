#if canImport(Glibc)
    import Glibc
#endif

/// Where a user's files belong (XDG Base Directory Specification 0.8).
public enum StandardPaths {
    /// The folder of the configuration: `$XDG_CONFIG_HOME/ctxtop`, else `~/.config/ctxtop`.
    public static var configuration: String { folder("XDG_CONFIG_HOME", "/.config") }

    /// The folder of what is remembered: `$XDG_STATE_HOME/ctxtop`, else `~/.local/state/ctxtop`.
    public static var state: String { folder("XDG_STATE_HOME", "/.local/state") }

    /// A relative path in the variable is to be ignored, says the specification.
    private static func folder(_ variable: String, _ fallback: String) -> String {
        if let set = environment(variable), set.hasPrefix("/") { return set + "/ctxtop" }
        return (environment("HOME") ?? "") + fallback + "/ctxtop"
    }

    /// A variable of the environment that is set and not empty.
    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
