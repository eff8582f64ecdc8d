import ConsoleModel
import PatternDetection
import Testing
import WireProtocol

@Suite struct NavigationTests {
    private func story() -> Story {
        var story = Story()
        story.wholeRun("r-1", user: "ada", session: "s-1")
        story.wholeRun("r-2", user: "bob", session: "s-2")
        story.startTool("r-3", user: "eva", session: "s-3")
        story.wait(.seconds(31))
        return story
    }

    private func session(_ story: Story, _ id: String) -> SessionKey {
        SessionKey(backend: story.key, id: SessionID(rawValue: id))
    }

    @Test func theConsoleOpensOnPulseAndPulseHasASelection() {
        let story = story()
        #expect(story.state.interface.place == .view(.pulse))
        guard case .finding(let key)? = story.state.selectedRowID else {
            Issue.record("no finding is selected")
            return
        }
        #expect(key.id == "run-stalled:run:r-3")
        #expect(story.state.pulseSummary().selection == story.state.selectedRowID)
    }

    @Test func findingsOfOneKindAreOneRowOfPulse() {
        var story = story()
        for number in 4...20 { story.startTool("r-\(number)", user: "eva", session: "s-\(number)") }
        story.wait(.seconds(40))
        let rows = story.state.pulseSummary().findings
        #expect(rows.map(\.finding.rule).count { $0 == "run-stalled" } == 1)
        #expect(rows.first { $0.finding.rule == "run-stalled" }?.alike == 17)
        #expect(story.state.findingTable().rows.count { $0.finding.rule == "run-stalled" } == 18)
        // The keys go from kind to kind, as the rows stand.
        _ = story.store.send(.selectLast)
        #expect(story.state.selectedRowID == rows.last?.rowID)
        _ = story.store.send(.selectFirst)
        _ = story.store.send(.acknowledge)
        #expect(
            story.state.pulseSummary().findings.reduce(0) { $0 + 1 + $1.alike }
                == story.state.openFindings.count)
    }

    @Test func enterLeadsFromTheFindingToTheUser() {
        var story = story()
        for _ in 0..<2 { _ = story.store.send(.drill) }
        #expect(story.state.interface.place == .context(session(story, "s-3")))
        let detail = story.state.contextDetail(session(story, "s-3"))
        #expect(detail?.session.user == "eva")
        #expect(detail?.timeline.last?.word == "(missing)")
        #expect(detail?.timeline.last?.detail == "tool_completed; its p95 is 0.1s, n=2")
        #expect(detail?.findings.map(\.finding.rule) == ["run-stalled"])
        #expect(detail?.runs.map(\.stateText) == ["! stuck"])
    }

    @Test func aSelectionFollowsItsRow() {
        var story = story()
        _ = story.store.send(.show(.sessions))
        #expect(story.state.sessionTable().selected?.user == "eva")
        _ = story.store.send(.moveSelection(by: 1))
        #expect(story.state.sessionTable().selected?.user == "ada")
        _ = story.store.send(.sortByNextColumn)
        _ = story.store.send(.sortByNextColumn)
        #expect(story.state.interface.table.sortColumn == "user")
        #expect(story.state.sessionTable().rows.map(\.user) == ["ada", "bob", "eva"])
        _ = story.store.send(.reverseSort)
        #expect(story.state.sessionTable().rows.map(\.user) == ["eva", "bob", "ada"])
        #expect(story.state.sessionTable().selected?.user == "ada")
        #expect(story.state.selectedRowID == .session(session(story, "s-1")))
    }

    @Test(arguments: [
        (1000, "bob"), (-1000, "eva"), (Int.max, "bob"), (Int.min, "eva"), (1, "ada"), (0, "eva"),
    ])
    func movesStopAtTheEnds(offset: Int, user: String) {
        var story = story()
        _ = story.store.send(.show(.sessions))
        _ = story.store.send(.moveSelection(by: offset))
        #expect(story.state.sessionTable().selected?.user == user)
    }

    @Test func escapePeelsPromptThenFilterThenView() {
        var story = story()
        for action: Action in [
            .show(.sessions), .beginFilter, .insert("eva"), .acceptPrompt, .drill, .beginCommand,
        ] {
            _ = story.store.send(action)
        }
        func peel() -> [Place] {
            _ = story.store.send(.back)
            return story.state.interface.places
        }
        #expect(story.state.interface.prompt != nil)
        #expect(peel().count == 2)
        #expect(story.state.interface.prompt == nil)
        #expect(peel() == [.view(.sessions)])
        #expect(story.state.filterText(.sessions) == "eva")
        #expect(peel() == [.view(.sessions)])
        #expect(story.state.filterText(.sessions) == "")
        #expect(peel() == [.view(.pulse)])
    }

    @Test func qGoesBackToPulseAndQuitsThere() {
        var story = story()
        _ = story.store.send(.show(.sessions))
        _ = story.store.send(.drill)
        #expect(story.store.send(.quitOrBack) == [])
        #expect(story.state.interface.places == [.view(.sessions)])
        #expect(story.store.send(.quitOrBack) == [])
        #expect(story.state.interface.places == [.view(.pulse)])
        #expect(story.store.send(.quitOrBack) == [.quit])
    }

    @Test func minusAndBracketsRemember() {
        var story = story()
        _ = story.store.send(.show(.paths))
        _ = story.store.send(.show(.health))
        _ = story.store.send(.lastView)
        #expect(story.state.interface.view == .paths)
        _ = story.store.send(.historyBack)
        #expect(story.state.interface.view == .health)
        _ = story.store.send(.historyBack)
        _ = story.store.send(.historyBack)
        #expect(story.state.interface.view == .pulse)
        _ = story.store.send(.historyBack)
        _ = story.store.send(.historyForward)
        #expect(story.state.interface.view == .paths)
    }

    @Test(arguments: [
        ("sessions", ViewID.sessions), ("health", .health), ("user ada", .sessions), ("nonsense", .pulse),
    ])
    func commandsGoPlaces(command: String, view: ViewID) {
        var story = story()
        _ = story.store.send(.beginCommand)
        _ = story.store.send(.insert(command))
        #expect(story.store.send(.acceptPrompt) == [])
        #expect(story.state.interface.view == view)
        #expect((story.state.interface.prompt?.problem != nil) == (command == "nonsense"))
        if command == "user ada" { #expect(story.state.sessionTable().rows.map(\.user) == ["ada"]) }
    }

    @Test func commandsComplete() {
        var story = story()
        _ = story.store.send(.beginCommand)
        _ = story.store.send(.insert("disp"))
        _ = story.store.send(.completePrompt)
        #expect(story.state.interface.prompt?.text == "dispatchers")
        _ = story.store.send(.deleteBackward)
        #expect(story.state.interface.prompt?.text == "dispatcher")
        _ = story.store.send(.cancelPrompt)
        _ = story.store.send(.beginCommand)
        _ = story.store.send(.insert("q"))
        #expect(story.store.send(.acceptPrompt) == [.quit])
    }

    @Test func aPauseHidesAndCountsWhatCameSince() {
        var story = story()
        _ = story.store.send(.show(.events))
        _ = story.store.send(.togglePause)
        story.wholeRun("r-9")
        let paused = story.state.eventWindow(height: 100)
        #expect(paused.hidden == 5)
        #expect(paused.rows.count == 13)
        _ = story.store.send(.togglePause)
        #expect(story.state.eventWindow(height: 100).hidden == 0)
        #expect(story.state.eventWindow(height: 100).rows.count == 18)
    }

    @Test func followingEndsWithAMoveAndComesBackAtTheEnd() {
        var story = story()
        _ = story.store.send(.show(.events))
        _ = story.store.send(.moveSelection(by: -2))
        #expect(!story.state.interface.stream.isFollowing)
        #expect(story.state.selectedRowID == .event(10))
        story.wholeRun("r-9")
        #expect(story.state.selectedRowID == .event(10))
        #expect(story.state.eventWindow(height: 5).rows.map(\.number) == [8, 9, 10, 11, 12])
        _ = story.store.send(.selectLast)
        #expect(story.state.interface.stream.isFollowing)
        story.wholeRun("r-10")
        #expect(story.state.selectedRowID == .event(22))
    }

    @Test func eFindsTheNextError() {
        var story = story()
        story.event(.runError, "r-3", ["message": "boom"])
        story.wholeRun("r-9")
        story.event(.runStarted, "r-10")
        story.event(.runError, "r-10", ["message": "again"])
        _ = story.store.send(.show(.events))
        _ = story.store.send(.previousError)
        #expect(story.state.selectedRowID == .event(13))
        _ = story.store.send(.nextError)
        #expect(story.state.selectedRowID == .event(20))
        _ = story.store.send(.nextError)
        #expect(story.state.selectedRowID == .event(20))
    }

    @Test func aFindsTheNextNeed() {
        var story = story()
        _ = story.store.send(.show(.sessions))
        _ = story.store.send(.selectLast)
        _ = story.store.send(.nextAttention)
        #expect(story.state.sessionTable().selected?.user == "eva")
        _ = story.store.send(.show(.health))
        _ = story.store.send(.nextAttention)
        #expect(story.state.interface.view == .findings)
    }

    @Test func anyKeysInAnyOrderLeaveAValidState() {
        var random = SeededRandom(state: 42)
        var story = story()
        story.path(.onSingleton)
        story.wholeRun("r-5", user: "zoe", session: "s-5")
        var keys: [Action] = ViewID.allCases.map { .show($0) }
        keys += [.drill, .back, .lastView, .historyBack, .historyForward, .nextSection, .previousSection]
        keys += [.moveSelection(by: 1), .moveSelection(by: -1), .moveHalfPage(by: 1), .moveHalfPage(by: -1)]
        keys += [.selectFirst, .selectLast, .nextAttention, .previousAttention, .nextError, .previousError]
        keys += [.beginFilter, .beginCommand, .insert("a"), .insert("user:"), .insert("/("), .deleteBackward]
        keys += [.completePrompt, .acceptPrompt, .cancelPrompt, .sortByNextColumn, .sortByPreviousColumn]
        keys += [
            .reverseSort, .togglePause, .toggleFollow, .toggleHelp, .quitOrBack, .resize(width: 0, height: 0),
        ]
        keys += [.resize(width: 80, height: 24), .resize(width: -1, height: -9), .drill, .drill]
        for step in 0..<4000 {
            if step % 200 == 0 {
                story.wholeRun("r-x\(step)", user: "u\(step % 7)", session: "s-\(step % 11)")
            }
            _ = story.store.send(keys[Int(random.next() % UInt64(keys.count))])
            let state = story.state
            let places = state.interface.places
            #expect(!places.isEmpty && places.count <= 32)
            #expect(places.first.map { if case .view = $0 { true } else { false } } == true)
            #expect(state.interface.section < max(1, state.sectionCount))
            if case .context(let key) = state.interface.place { #expect(state.contextDetail(key) != nil) }
            #expect(state.eventWindow(height: state.interface.size.height).rows.count <= 24)
        }
    }

    @Test func theSameActionsGiveTheSameState() {
        #expect(story().state == story().state)
    }

    @Test func aPathCanBeMovedAloneOrWithAllOthers() {
        let requests = [ConsumerPath.http, ConsumerPath(rawValue: "all")].flatMap { path in
            [Verdict.factory, .singleton].map {
                ActionRequest(backend: BackendKey(0), kind: .setPattern(path, $0))
            }
        }
        #expect(requests.map(\.word) == ["factory", "singleton", "all-factory", "all-singleton"])
        #expect(
            ActionRequest.choices(requests)
                == "http: factory, singleton; all paths: all-factory, all-singleton")
        #expect(requests[2].route == "/paths/all/pattern")
    }
}
