import ArgumentParser
import Backend
import ConsoleApp
import Foundation
import WireProtocol

/// `ctxtop manual`: the manual page, for `make install` and for `ctxtop manual | man -l -`.
struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the manual page.",
        discussion: "To read it: ctxtop manual | man -l -",
        shouldDisplay: false)

    @Flag(help: "The page of the program whose --experimental-dump-help comes on standard input.")
    var ofInput = false

    func run() throws {
        let dump =
            ofInput ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(Ctxtop._dumpHelp().utf8)
        // reproducible-builds.org: the date of the sources, where the build names it.
        let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) }
        let moment = epoch.map { Timestamp(milliseconds: $0 * 1000) } ?? SystemClock.now()
        guard let json = try? JSONParser.parse(dump),
            let page = ManualPage(
                dump: json, version: BackendVersion.text, date: String(moment.rfc3339.prefix(10)))
        else { throw ValidationError("standard input is no dump of a command line") }
        try OutputStreams.writeOutput(page.text)
    }
}
