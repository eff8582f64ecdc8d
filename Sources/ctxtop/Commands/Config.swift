import ArgumentParser
import ConsoleApp

/// `ctxtop config`: the effective configuration, each value with its origin.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the effective configuration, as TOML, with the origin of each value.")

    @OptionGroup var flags: ConsoleFlags
    @OptionGroup var screen: ScreenFlags

    func run() throws {
        var options = try flags.options([])
        try screen.apply(to: &options)
        try OutputStreams.writeOutput(options.configurationText)
    }
}
