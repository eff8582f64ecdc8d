import ConsoleModel
import ConsoleViews
import Screen
import Testing
import WireProtocol

@Suite struct GoldenViewTests {
    private func frame(_ actions: [Action], width: Int = 80, height: Int = 24) -> Frame {
        var store = IncidentStory.store(width: width, height: height)
        for action in actions { _ = store.send(action) }
        return render(store.state, width: width, height: height)
    }

    @Test(
        arguments: [
            ("pulse", [.show(.pulse)]), ("sessions", [.show(.sessions)]), ("paths", [.show(.paths)]),
            ("dispatchers", [.show(.dispatchers)]), ("findings", [.show(.findings)]),
            ("health", [.show(.health)]),
            ("finding", [.show(.findings), .drill]), ("context", [.show(.sessions), .drill]),
            ("path", [.show(.paths), .drill]), ("help", [.toggleHelp]),
            ("sessions-filtered", [.show(.sessions), .beginFilter, .insert("state:error"), .acceptPrompt]),
            ("sessions-bad-filter", [.show(.sessions), .beginFilter, .insert("nosuch:1")]),
            ("sessions-nothing-matches", [.show(.sessions), .beginFilter, .insert("nobody"), .acceptPrompt]),
        ] as [(String, [Action])])
    func aViewLooksAsItDid(_ name: String, _ actions: [Action]) throws {
        try expectGolden(frame(actions), name)
    }

    @Test func theSessionsStandBesideTheirDetailFrom120Columns() throws {
        try expectGolden(frame([.show(.sessions)], width: 120, height: 36), "sessions-120")
    }

    @Test func aLostLinkDimsWhatIsOldAndSaysSince() throws {
        let lost = Action.received(
            IncidentStory.backend, .link(.lost, reason: "connection refused", retryIn: .seconds(4)),
            at: IncidentStory.moment(121))
        try expectGolden(frame([.show(.sessions), lost, .tick(IncidentStory.moment(123))]), "sessions-lost")
    }

    @Test(arguments: [40, 80, 120]) func aCertificateThatIsNotCheckedIsInTheTitle(_ width: Int) {
        var settings = InterfaceSettings()
        #expect(!(frame([.applySettings(settings)], width: width).lines.first ?? "").contains("INSECURE"))
        settings.acceptsAnyCertificate = true
        for view in [Action.show(.pulse), .toggleHelp, .togglePause] {
            let title = frame([.applySettings(settings), view], width: width).lines.first ?? ""
            #expect(title.contains("INSECURE"), "\(title)")
        }
    }

    @Test func anEmptyConsoleSaysThatItWaits() throws {
        var store = Store(ConsoleState(now: IncidentStory.start))
        _ = store.send(.addBackend(IncidentStory.backend, url: "http://prod:8700"))
        _ = store.send(.show(.sessions))
        let frame = render(store.state, width: 60, height: 8)
        #expect(frame.lines.contains { $0.contains("Loading… 0 so far.") })
    }

    @Test(arguments: ViewID.allCases) func everySizeIsDrawnWithoutATrap(_ view: ViewID) {
        var store = IncidentStory.store()
        _ = store.send(.show(view))
        for width in Array(0...45) + [79, 80, 119, 120, 149, 150, 400] {
            for height in [0, 1, 2, 3, 5, 10, 24, 60] {
                _ = store.send(.resize(width: width, height: height))
                let frame = render(store.state, width: width, height: height)
                #expect(frame.cells.count == width * height)
            }
        }
        _ = store.send(.drill)
        for width in 0...130 { _ = render(store.state, width: width, height: 24) }
    }

    @Test(arguments: ViewID.allCases) func noControlReachesACell(_ view: ViewID) {
        var store = IncidentStory.store()
        for action: Action in [.show(view), .drill] {
            _ = store.send(action)
            let frame = render(store.state, width: 120, height: 40)
            #expect(frame.cells.allSatisfy { !PlainText.isControl($0.scalar) || $0.width == 0 })
        }
    }

    @Test func asciiModeDrawsNothingElse() {
        let frame = render(IncidentStory.store().state, width: 120, height: 40, isASCII: true)
        #expect(frame.cells.allSatisfy { $0.scalar < 0x7F })
    }

    @Test func theReadmeShowsARealScreen() throws {
        let readme = try GoldenFile.text("../../README.md")
        let golden = try GoldenFile.text("Golden/pulse.txt")
        for line in golden.split(separator: "\n").prefix(while: { $0.hasPrefix("|") }) {
            let shown = line.dropFirst().dropLast()
            let trimmed = shown.reversed().drop { $0 == " " }.reversed()
            #expect(readme.contains(String(trimmed)), "README lacks \(shown)")
        }
    }
}
