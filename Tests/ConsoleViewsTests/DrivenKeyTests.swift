import ConsoleModel
import ConsoleViews
import PatternDetection
import Screen
import Testing
import WireProtocol

/// Every key of the table, pressed on a console with an incident: keys in, frames and effects out.
@Suite struct DrivenKeyTests {
    /// One key of the table, and what pressing it must make of the screen.
    struct Press: Sendable, CustomTestStringConvertible {
        /// The binding's name.
        let name: String
        /// The keys that lead there, by name, separated by spaces.
        let before: String
        /// The key.
        let key: String
        /// What the screen must hold afterwards, and not before.
        let shows: String?
        /// What the run loop must be asked for.
        let asks: Effect?

        var testDescription: String { "\(name): \(before) \(key)" }

        init(_ name: String, _ before: String, _ key: String, shows: String? = nil, asks: Effect? = nil) {
            self.name = name
            self.before = before
            self.key = key
            self.shows = shows
            self.asks = asks
        }
    }

    static let presses: [Press] =
        moving + going + rows + showing + overlays
        + ViewID.allCases.map { view in
            Press(
                view.word, view == .pulse ? "2" : "", "\(view.rawValue)",
                shows: view == .pulse ? "NEEDS ATTENTION" : "› \(view.title)")
        }

    private static let moving = [
        Press("open", "2", "enter", shows: "› chen@acme.io"),
        Press("back", "2", "esc", shows: "NEEDS ATTENTION"),
        Press("quit-or-back", "", "q", asks: .quit), Press("quit", "2 enter", "ctrl-c", asks: .quit),
        Press("down", "2", "j", shows: "▸C mira"), Press("up", "2 j", "k", shows: "▸C chen"),
        Press("first", "2 j j", "g", shows: "▸C chen"), Press("last", "2", "G", shows: "▸  zoe"),
        Press("half-page-down", "2", "ctrl-d", shows: "▸  zoe"),
        Press("half-page-up", "2 G", "ctrl-u", shows: "▸C chen"),
        Press("columns-right", "2", "right", shows: "‹! USER             STATE"),
        Press("columns-left", "2 right", "left", shows: " ! USER             STATE"),
        Press("section", "", "tab", shows: "▸✕ websocket"),
        Press("previous-section", "2 / a d a enter enter", "shift-tab", shows: "▸user "),
    ]

    private static let going = [
        Press("next-attention", "2 G", "a", shows: "▸C chen"),
        Press("previous-attention", "2", "A", shows: "▸n 山田"),
        Press("filter", "2", "/", shows: "7 of 7  Tab completes"),
        Press("search", "5 enter", "/", shows: "find /"),
        Press("next-match", "2 / a d a enter enter / a g e n t enter", "n", shows: nil),
        Press("previous-match", "2 / a d a enter enter / a g e n t enter", "N", shows: nil),
        Press("command", "", ":", shows: "Tab completes  ⏎ do it"),
        Press("next-error", "5 g", "e", shows: "▸02:15:19.800"),
        Press("previous-error", "", "E", shows: "› Events"),
        Press("last-view", "3 4", "-", shows: "› Paths"), Press("history-back", "3 4", "[", shows: "› Paths"),
        Press("history-forward", "3 4 [", "]", shows: "› Dispatchers"),
    ]

    private static let rows = [
        Press("mark", "2", "m", shows: "1 marked"), Press("next-mark", "2 m G", "'"),
        Press("acknowledge", "6", "d", shows: "acknowledged"), Press("snooze", "6", "z", shows: "snoozed"),
        Press("act", "2 G k", "x", shows: "type the word"),
        Press("copy", "2", "y", asks: .copy("01a2-c1e001")),
        Press("copy-command", "7", "Y", asks: .copy("curl -sS -i 'http://prod:8700/health'")),
    ]

    private static let showing = [
        Press("sort-next", "2", ">", shows: "sort severity"),
        Press("sort-previous", "2", "<", shows: "sort age"),
        Press("reverse", "2", "r", shows: "turned round"),
        Press("columns", "2", "c", shows: "COLUMNS of Sessions"),
        Press("group", "2", "v", shows: "▾ chen@acme.io  1"), Press("pause", "5", "p", shows: "PAUSED"),
        Press("follow", "5", "F", shows: "not following"), Press("window", "5", "w", shows: "the last 1m"),
        Press("previous-window", "5", "W", shows: "the last 1h"),
        Press("wrap", "5", "o", shows: nil), Press("theme", "", "T", asks: .setTheme("light")),
        Press("help", "", "?", shows: "KEYS IN PULSE"),
    ]

    private static let overlays = [
        Press("chooser-down", "2 c", "j", shows: "▸ ✓ user"),
        Press("chooser-up", "2 c j", "k", shows: "▸ ✓ severity"),
        Press("chooser-toggle", "2 c j j", "space", shows: "▸ – session"),
        Press("chooser-later", "2 c", "J"),
        Press("chooser-earlier", "2 c j", "K"),
        Press("chooser-wider", "2 c j", "+", shows: "17 │"),
        Press("chooser-narrower", "2 c j", "-", shows: "15 │"),
        Press("chooser-reset", "2 c j +", "0"),
        Press("chooser-close", "2 c", "esc"),
        Press("help-close", "?", "esc", shows: "NEEDS ATTENTION"), Press("help-down", "?", "j", shows: "2–"),
        Press("help-up", "? j", "k", shows: " 1–"), Press("help-page-down", "?", "ctrl-d", shows: "10–"),
        Press("help-page-up", "? ctrl-d", "ctrl-u", shows: " 1–"),
        Press("help-first", "? G", "g", shows: " 1–"), Press("help-last", "?", "G", shows: ":help RULE"),
    ]

    private func driver() -> Driver {
        var store = LiveStory.store()
        var settings = InterfaceSettings()
        settings.themes = ["dark", "light"]
        settings.theme = "dark"
        settings.allowsActions = true
        _ = store.send(.applySettings(settings))
        return Driver(store)
    }

    private func key(_ name: String) throws -> Key { try #require(Key(named: name), "no key \(name)") }

    @Test(arguments: presses) func aKeyDoesWhatItSays(_ press: Press) throws {
        var driver = driver()
        for name in press.before.split(separator: " ") { driver.press(try key(String(name))) }
        let (before, frame) = (driver.screen, driver.frame.styleLines)
        let pressed = try key(press.key)
        // The binding of that name is the one that answers here.
        let kind = driver.store.state.interface.kind
        let binding = try #require(driver.keys.bindings.first { $0.name == press.name })
        #expect(binding.keys.contains(pressed) && binding.kinds.contains(kind))
        driver.press(pressed)
        if let shows = press.shows {
            #expect(!before.contains(shows), "before:\n\(before)")
            #expect(driver.screen.contains(shows), "after:\n\(driver.screen)")
        } else if press.asks == nil {
            #expect(
                driver.screen != before || driver.frame.styleLines != frame, "nothing changed:\n\(before)")
        }
        if let asks = press.asks { #expect(driver.effects.contains(asks), "\(driver.effects)") }
    }

    @Test func everyKeyOfTheTableIsDriven() {
        let driven = Set(Self.presses.map(\.name))
        let bound = Set(KeyMap.standard.bindings.map(\.name))
        #expect(bound.subtracting(driven) == [], "keys without a test")
        #expect(driven.subtracting(bound) == [], "tests without a key")
    }

    @Test(arguments: [(80, 24), (120, 36), (200, 60)]) func theFooterOnlyHoldsKeysThatWork(
        width: Int, height: Int
    ) throws {
        for view in ViewID.allCases {
            var driver = Driver(LiveStory.store(width: width, height: height))
            driver.press(.character(Character("\(view.rawValue)")))
            for binding in driver.keys.bindings where binding.hint != nil {
                guard let first = binding.keys.first, let hint = binding.hint,
                    driver.footer.contains(" \(first.name) \(hint)  ")
                else { continue }
                let action = driver.keys.action(for: first, in: driver.store.state)
                if case .say(let why, _)? = action { Issue.record("\(first.name) in \(view.title): \(why)") }
            }
        }
    }

    /// A broken path's finding, the path, a context on it, a raw event, copied, and the way back.
    @Test func aFindingIsFollowedDownToARawEventAndBack() throws {
        var driver = driver()
        driver.press(.character("6"), .character("/"))
        driver.enter("missingComponent")
        driver.press(.enter)
        #expect(driver.screen.contains("FIVE WHYS") && driver.screen.contains("EVIDENCE"))
        driver.press(.enter)
        #expect(driver.screen.contains("DECIDED BY") && driver.screen.contains("SESSIONS"))
        driver.press(.enter)
        #expect(driver.screen.contains("ISOLATED") && driver.screen.contains("DISPATCHER"))
        driver.press(.tab, .enter)
        #expect(driver.screen.contains("RAW ") && driver.screen.contains("\"type\": "))
        driver.press(.character("y"))
        let copied = driver.effects.compactMap { effect in
            if case .copy(let text) = effect { text } else { nil }
        }
        #expect(copied.count == 1 && copied.first?.hasPrefix("{\"type\":") == true, "\(copied)")
        let back = ["ISOLATED", "DECIDED BY", "FIVE WHYS", "› Findings", "NEEDS ATTENTION"]
        for mark in back {
            driver.press(.character("q"))
            #expect(driver.screen.contains(mark), "\(driver.screen)")
        }
        driver.press(.character("q"))
        #expect(driver.effects.contains(.quit))
    }
}
