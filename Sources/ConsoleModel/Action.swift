import WireProtocol

/// Everything that can change the console's state.
public enum Action: Equatable, Sendable {
    // From the world.
    /// A backend to show, before anything is heard from it.
    case addBackend(BackendKey, url: String)
    /// What a backend said, and when it arrived.
    case received(BackendKey, Message, at: Timestamp)
    /// Time has passed.
    case tick(Timestamp)
    /// The terminal has this many columns and lines.
    case resize(width: Int, height: Int)

    // Where to look.
    /// Switches to a view of the number keys.
    case show(ViewID)
    /// Opens a place on top of the one that is shown, as `--open` asks.
    case open(Place)
    /// Opens what is selected.
    case drill
    /// Peels one layer: help, prompt, filter, then the place.
    case back
    /// As ``back`` for places; leaves the console at the root.
    case quitOrBack
    /// Leaves the console.
    case quit
    /// The view before this one.
    case lastView
    /// One step back in the places seen.
    case historyBack
    /// One step forward in the places seen.
    case historyForward
    /// The next pane or section.
    case nextSection
    /// The pane or section before.
    case previousSection

    // What is selected.
    /// Moves the selection down, or up when negative.
    case moveSelection(by: Int)
    /// Moves the selection by half a page, down for 1, up for -1.
    case moveHalfPage(by: Int)
    /// Selects the first row.
    case selectFirst
    /// Selects the last row.
    case selectLast
    /// Selects the next row that needs attention.
    case nextAttention
    /// Selects the row before that needs attention.
    case previousAttention
    /// Selects the next event that is an error.
    case nextError
    /// Selects the event before that is an error.
    case previousError

    // The prompt.
    /// Opens the `/` prompt with the view's filter in it.
    case beginFilter
    /// Opens the `:` prompt.
    case beginCommand
    /// Types into the prompt.
    case insert(String)
    /// Removes the character before the cursor.
    case deleteBackward
    /// Completes the word in the `:` prompt.
    case completePrompt
    /// Does what the prompt says.
    case acceptPrompt
    /// Closes the prompt and changes nothing.
    case cancelPrompt

    // How it is shown.
    /// Sorts by the next column.
    case sortByNextColumn
    /// Sorts by the column before.
    case sortByPreviousColumn
    /// Turns the order round.
    case reverseSort
    /// Stops or goes on showing new events; they are kept and counted meanwhile.
    case togglePause
    /// Keeps the newest event selected, or stops that.
    case toggleFollow
    /// Shows or hides the keys.
    case toggleHelp
}

/// Work that the store asks the run loop to do.
public enum Effect: Equatable, Sendable {
    /// Leave the console.
    case quit
}

/// The views of the number keys, in their order.
public enum ViewID: Int, CaseIterable, Sendable {
    case pulse = 1
    case sessions, paths, dispatchers, events, findings, health

    /// The view's name as the breadcrumbs show it.
    public var title: String {
        switch self {
        case .pulse: "Pulse"
        case .sessions: "Sessions"
        case .paths: "Paths"
        case .dispatchers: "Dispatchers"
        case .events: "Events"
        case .findings: "Findings"
        case .health: "Health"
        }
    }

    /// The word that `:` and `--open` know it by.
    public var word: String { title.lowercased() }
}

/// Somewhere to be: a view, or one thing opened from it.
public enum Place: Hashable, Sendable {
    case view(ViewID)
    /// One user context, by its session.
    case context(SessionKey)
    /// One finding, with its reasons.
    case finding(FindingKey)
    /// One consumer path, with its evidence.
    case path(PathKey)
    /// One dispatcher, with its past.
    case dispatcher(DispatcherKey)
    /// One event, raw.
    case event(Int)
    /// One health check, with the endpoint's raw answer.
    case check(CheckKey)
}
