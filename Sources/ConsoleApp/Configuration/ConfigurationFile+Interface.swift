import ConsoleModel
import ConsoleViews
import Screen

extension ConfigurationFile {
    /// `[keys]`: what a binding is pressed with; an empty list unbinds it.
    mutating func takeKeys(_ section: TOMLReader) throws(ConfigurationError) {
        var rebound: [String: [Key]] = [:]
        for (name, value) in try section.entries() {
            var keys: [Key] = []
            for text in try value.strings() {
                guard let key = Key(named: text) else {
                    throw value.mistake(
                        "\"\(text)\" is no key; write for instance j, G, ctrl-d, F5, enter, pgdn, space")
                }
                keys.append(key)
            }
            rebound[name] = keys
            note(["keys", name], ConfigurationOrigins.quoted(keys.compactMap(\.spelling)))
        }
        do throws(KeyMapError) { options.keys = try KeyMap(rebound: rebound) } catch {
            throw section.mistake(error.description)
        }
    }

    /// `[views.NAME]`: how a view's table begins.
    mutating func takeView(_ name: String, _ section: TOMLReader) throws(ConfigurationError) {
        guard let view = ViewID.allCases.first(where: { $0.word == name }) else {
            throw section.unknown(ViewID.allCases.map(\.word))
        }
        let columns = ConsoleState.columnNames(of: view)
        var settings = ViewSettings()
        for (key, value) in try section.entries() {
            switch key {
            case "columns":
                let names = try value.strings().map { $0.lowercased() }
                for name in names { try Self.check(name, columns, value) }
                settings.columns = names
                note(["views", name, key], ConfigurationOrigins.quoted(names))
            case "widths":
                for (name, width) in try value.entries() {
                    let column = name.lowercased()
                    try Self.check(column, columns, width)
                    settings.widths[column] = try width.int()
                    note(["views", view.word, key, column], "\(try width.int())")
                }
            case "sort":
                let column = try value.string().lowercased()
                try Self.check(column, columns, value)
                settings.sortColumn = column
                note(["views", name, key], ConfigurationOrigins.quoted(column))
            case "reversed":
                settings.isReversed = try value.bool()
                note(["views", name, key], "\(settings.isReversed)")
            case "filter":
                settings.filter = try value.string()
                note(["views", name, key], ConfigurationOrigins.quoted(settings.filter))
            default: throw value.unknown(["columns", "filter", "reversed", "sort", "widths"])
            }
        }
        options.interface.views[view] = settings
    }

    private static func check(_ column: String, _ known: [String], _ place: TOMLReader)
        throws(ConfigurationError)
    {
        guard !known.contains(column) else { return }
        throw place.mistake("there is no column \"\(column)\"; there are \(known.joined(separator: ", "))")
    }
}
