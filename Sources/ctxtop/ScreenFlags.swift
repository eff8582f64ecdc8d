import ArgumentParser
import ConsoleApp
import ConsoleModel
import Foundation
import Terminal

/// The flags of a console on a screen.
struct ScreenFlags: ParsableArguments {
    @Option(help: "Where to open: VIEW or VIEW:ID, for instance findings or context:ID.")
    var open: String?
    @Option(help: "The colours: dark, light, colour-blind or another theme that is installed.")
    var theme: String?
    @Flag(help: "Draw ASCII only.")
    var ascii = false
    @Flag(help: "Leave colour out, as NO_COLOR does.")
    var noColor = false
    @Flag(help: "Announce changes as lines, for screen readers; a snapshot where there is no terminal.")
    var plain = false
    @Flag(help: "Let x end sessions, dispose dispatchers and switch paths; each leaves an audit line.")
    var allowActions = false

    /// Adds what the flags say.
    func apply(to options: inout ConsoleOptions) throws {
        if ascii {
            options.isASCII = true
            options.origins.note(["interface", "ascii"], "true", from: "--ascii")
        }
        // no-color.org: set and not empty.
        let environment = ProcessInfo.processInfo.environment["NO_COLOR"] ?? ""
        options.isColourless = noColor || !environment.isEmpty
        if let theme {
            do throws(ConfigurationError) {
                options.theme = try options.themes.theme(named: theme)
                options.origins.note(["theme", "name"], ConfigurationOrigins.quoted(theme), from: "--theme")
            } catch {
                throw ValidationError(error.description)
            }
        }
        options.interface.allowsActions = allowActions
        options.interface.themes = options.themes.names
        options.interface.theme = options.theme.name
        if let open {
            guard let request = PlaceRequest(open) else {
                throw ValidationError("--open: \"\(open)\" is no view")
            }
            options.place = request
        }
    }
}
