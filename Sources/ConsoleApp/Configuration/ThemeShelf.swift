public import Terminal

/// Where themes come from: the one built in, those that ship, and the user's own.
public struct ThemeShelf: Sendable {
    /// The folders with `NAME.toml`, the first of the same name wins.
    let folders: [String]

    /// The user's `themes` folder beside the configuration, then the one that ships.
    public static var standard: ThemeShelf {
        ThemeShelf(
            folders: [StandardPaths.configuration + "/themes"]
                + AssetFolder.candidates().map { $0 + "/themes" })
    }

    /// Every theme's name, the built-in one first.
    public var names: [String] {
        var names = [Theme.builtIn.name]
        for folder in folders {
            for file in TextFile.names(in: folder) where file.hasSuffix(".toml") {
                let name = String(file.dropLast(5))
                if !names.contains(name) { names.append(name) }
            }
        }
        return names
    }

    /// The theme of that name.
    public func theme(named name: String) throws(ConfigurationError) -> Theme {
        for folder in folders where TextFile.names(in: folder).contains(name + ".toml") {
            return try ThemeFile.read(folder + "/" + name + ".toml", name: name)
        }
        if name == Theme.builtIn.name { return .builtIn }
        throw ConfigurationError(
            "--theme", "", "there is no theme \"\(name)\"; there are \(names.joined(separator: ", "))")
    }
}
