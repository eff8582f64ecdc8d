#if canImport(Glibc)
    import Glibc
#endif

/// Where the files that ship with the program are: themes, schemas.
public enum AssetFolder {
    /// The folders to look into, in order: `$CTXTOP_ASSETS`, PREFIX/share/ctxtop, the package that the program was built in.
    public static func candidates(
        environment: String? = getenv("CTXTOP_ASSETS").map { String(cString: $0) },
        program: String = AssetFolder.program
    ) -> [String] {
        if let environment, !environment.isEmpty { return [environment] }
        var folder = parent(of: program)
        var folders = [parent(of: folder) + "/share/ctxtop"]
        // `swift build` puts programs some folders below the package.
        while !folder.isEmpty {
            if access(folder + "/Package.swift", R_OK) == 0 {
                folders.append(folder + "/Assets")
                break
            }
            folder = parent(of: folder)
        }
        return folders
    }

    /// The first of those folders that holds `name`, with `name` behind it; nil when none does.
    public static func find(_ name: String) -> String? {
        candidates().map { $0 + "/" + name }.first { access($0, R_OK) == 0 }
    }

    /// The program that runs: proc(5), `/proc/self/exe`.
    public static var program: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
