import ConsoleClient
import ConsoleModel
import ConsoleViews
import Dialects
import Foundation
import PatternDetection
import Screen
import Testing
import WireProtocol

@testable import ConsoleApp

/// `config.toml`: what it changes, and how each mistake is told.
@Suite struct ConfigurationTests {
    private func read(_ text: String) throws(ConfigurationError) -> ConsoleOptions {
        var options = ConsoleOptions()
        options.themes = ThemeShelf(folders: [])
        return try ConfigurationFile.read(TOMLReader(text, file: "c.toml"), over: options)
    }

    private func mistake(_ text: String) -> String {
        do throws(ConfigurationError) {
            _ = try read(text)
            return "none"
        } catch { return error.description }
    }

    @Test func anEmptyFileChangesNothing() throws {
        #expect(try read("").configurationText == ConsoleOptions().configurationText)
    }

    @Test func everySectionIsTaken() throws {
        let options = try read(
            """
            [theme]
            name = "dark"
            [interface]
            ascii = true
            graph = "braille"
            [targets.shop]
            url = "http://shop.example:8700"
            dialect = "native"
            insecure = true
            [expected]
            websocket = "factory"
            [keys]
            down = ["F9", "down"]
            [rules]
            run-stalled = "critical"
            [views.sessions]
            columns = ["USER", "STATE"]
            sort = "STATE"
            filter = "user:ada"
            """)
        #expect(options.isASCII)
        #expect(options.interface.graph == .braille)
        #expect(try options.target("shop").url == "http://shop.example:8700")
        #expect(options.access["http://shop.example:8700"]?.dialect?.name == "native")
        #expect(options.access["http://shop.example:8700"]?.client.acceptsAnyCertificate == true)
        #expect(options.expected[ConsumerPath(rawValue: "websocket")] == .factory)
        #expect(
            options.keys.bindings.first { $0.name == "down" }?.keys == [.function(9), .down])
        #expect(options.rules["run-stalled"] == .critical)
        #expect(options.interface.views[.sessions]?.columns == ["user", "state"])
        #expect(options.interface.views[.sessions]?.filter == "user:ada")
    }

    @Test func everySettingIsPrintedWithItsOrigin() throws {
        let text = try read("[interface]\nmouse = true\n[keys]\ndown = \"F9\"").configurationText
        #expect(text.contains("interface.mouse = true  # c.toml\n"))
        #expect(text.contains("interface.ascii = false  # default\n"))
        #expect(text.contains("keys.down = [\"F9\"]  # c.toml\n"))
        #expect(text.contains("keys.up = [\"k\", \"up\"]  # default\n"))
    }

    @Test func whatIsPrintedCanBeReadAgain() throws {
        let first = try read("[keys]\ndown = \"F9\"\n[expected]\n\"a b\" = \"singleton\"")
        let again = try read(first.configurationText)
        #expect(again.keys.bindings.map(\.keys) == first.keys.bindings.map(\.keys))
        #expect(again.expected == first.expected)
        #expect(
            again.ruleLimits.allSatisfy { key, value in
                TriageRule.all.flatMap(\.limits).contains { $0.key == key && $0.standard == value }
            })
    }

    @Test func wordsOfHealthAreTaughtToEveryTarget() throws {
        var options = try read(
            "[health.words]\ngreen = \"pass\"\n\"in repair\" = \"warn\"\n[targets.shop]\nurl = \"http://shop.example\""
        )
        options.coverAccess()
        #expect(options.client.healthWords.taught == ["green": .pass, "in_repair": .warn])
        let shop = try BackendTarget("http://shop.example")
        #expect(options.client(for: shop).healthWords.status("GREEN") == .pass)
        #expect(options.configurationText.contains("health.words.green = \"pass\"  # c.toml\n"))
        #expect(try read(options.configurationText).client.healthWords == options.client.healthWords)
    }

    @Test func aKeyForTwoBindingsIsRefusedWithBothNames() {
        let text = mistake("[keys]\nup = \"j\"")
        #expect(text.hasPrefix("c.toml: keys: j is bound to "))
        #expect(text.contains("down") && text.contains("up"))
    }

    @Test(arguments: [
        ("nonsense = 1", "c.toml: nonsense: is not known here"),
        ("[keys]\ndown = \"hyper-x\"", "c.toml: keys.down: \"hyper-x\" is no key"),
        ("[keys]\nfly = \"f\"", "c.toml: keys: no key binding is called fly"),
        ("[targets.a]\ndialect = \"native\"", "c.toml: targets.a: has no url"),
        ("[targets.a]\nurl = \"shop\"", "c.toml: targets.a.url: "),
        ("[targets.a]\nurl = \"http://h\"\n[targets.b]\nurl = \"http://h\"", "has the same url as targets.a"),
        ("[targets.a]\ntoken-file = \"/nowhere/t\"", "targets.a.token-file: cannot read /nowhere/t"),
        ("[targets.a]\nusers = 7", "targets.a.users: must be a list of texts"),
        ("[rules]\nno-such = \"off\"", "c.toml: rules.no-such: is no rule"),
        ("[rules]\nrun-stalled = \"loud\"", "write off|warning|critical"),
        ("[views.sessions]\nsort = \"COLOUR\"", "there is no column \"colour\"; there are "),
        ("[views.nowhere]\n", "c.toml: views.nowhere: is not known here"),
        (
            "[health.words]\ngreen = \"good\"",
            "health.words.green: \"good\" is not a status; use pass, warn, fail or unknown"
        ),
        ("[health]\ncolour = 1", "c.toml: health.colour: is not known here"),
        ("[expected]\nwebsocket = \"soup\"", "\"soup\" is no pattern"),
        ("[interface]\nascii = 1", "interface.ascii: must be true or false"),
        ("[theme]\nname = \"neon\"", "there is no theme \"neon\""),
        ("[interface\n", "c.toml: line 1"),
    ]) func aMistakeIsNamedWithItsPlace(_ text: String, _ message: String) {
        #expect(mistake(text).contains(message))
    }

    @Test func aFileThatWasAskedForMustBeThere() {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.read("/nowhere/config.toml", over: ConsoleOptions())
        }
    }

    @Test(arguments: [("[\"ada\", \"bob\"]", ["ada", "bob"]), ("\"ada\"", ["ada"])])
    func aTargetNamesTheUsersWhoseSessionsAreAskedFor(_ value: String, _ users: [String]) throws {
        var options = try read("[targets.a]\nurl = \"http://h\"\nusers = \(value)")
        options.coverAccess()
        #expect(options.client(for: try #require(options.named["a"])).users == users)
    }

    @Test func flagsGoOverATargetsOwnAccess() throws {
        var options = try read("[targets.a]\nurl = \"http://h\"\nca-file = \"own.pem\"")
        options.client.token = "from the flag"
        options.client.timeout = .seconds(9)
        options.coverAccess()
        let client = options.client(for: try #require(options.named["a"]))
        #expect(client.token == "from the flag")
        #expect(client.timeout == .seconds(9))
        #expect(client.certificateAuthorities == "own.pem")
    }
}
