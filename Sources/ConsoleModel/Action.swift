import PatternDetection
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
    /// What the configuration says about the interface; at start and again whenever it changes.
    case applySettings(InterfaceSettings)
    /// What was remembered of earlier consoles.
    case recall(Remembered)
    /// What a probe of a backend reported, before this console or beside it.
    case probed(BackendKey, ProbeResult)
    /// What became of an action that ``Effect/perform(_:)`` asked for.
    case performed(ActionRequest, ActionOutcome)
    /// Judge by these rules, limits and declared targets from now on.
    case applyRules([String: RuleSetting], limits: [String: Int64], expected: [ConsumerPath: Verdict])
    /// Says one line in the footer until the next key, and keeps it for `:messages`.
    case say(String, Severity)

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
    /// Selects a row of the section that has the keys.
    case select(RowID)
    /// Gives the keys to a section, by number.
    case selectSection(Int)
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
    /// Removes the word before the cursor.
    case deleteWord
    /// Removes everything before the cursor.
    case clearPrompt
    /// Completes what is typed; again for the next candidate.
    case completePrompt
    /// The candidate before.
    case completePromptBackward
    /// The line typed before this one.
    case earlierEntry
    /// The line typed after this one.
    case laterEntry
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
    /// Scrolls the table's columns behind the first one.
    case scrollColumns(by: Int)
    /// Scrolls a page to a line.
    case scrollPage(to: Int)
    /// Selects the next row that holds what is searched for, or the one before.
    case nextMatch(by: Int)
    /// Opens the column chooser.
    case chooseColumns
    /// Does one thing in the column chooser.
    case chooser(ChooserStep)
    /// Groups the rows by the next thing, and after the last by nothing.
    case groupByNext
    /// Goes to the next window of time in the events view, or the one before.
    case nextWindow(by: Int)
    /// Lets long details go on in further lines, or cuts them.
    case toggleWrap
    /// Stops or goes on showing new events; they are kept and counted meanwhile.
    case togglePause
    /// Keeps the newest event selected, or stops that.
    case toggleFollow
    /// Shows or hides the keys.
    case toggleHelp
    /// The next theme.
    case nextTheme

    // What is kept about rows.
    /// Marks the selected row, or takes the mark away; an event is asked for a note.
    case toggleMark
    /// Selects the next marked row.
    case nextMark
    /// Opens the prompt for what to look for on a page.
    case beginSearch
    /// Acknowledges the selected finding, or takes that back.
    case acknowledge
    /// Snoozes the selected finding for an hour, or takes that back.
    case snooze
    /// Asks for the typed confirmation of what can be done to the selected thing.
    case beginAction

    // What leaves the console.
    /// Copies what is selected.
    case copy
    /// Copies the command that asks for what is selected: a health row's curl.
    case copyCommand
}

/// One thing that can be done in the column chooser.
public enum ChooserStep: Hashable, Sendable {
    /// Moves the cursor.
    case move(by: Int)
    /// Moves the column under the cursor.
    case shift(by: Int)
    /// Shows or hides the column under the cursor.
    case toggle
    /// Makes the column under the cursor wider, or narrower.
    case widen(by: Int)
    /// Puts every column back to where it was, as wide as it was.
    case reset
    /// Closes the chooser.
    case close
}

extension Action {
    /// Whether a person did it, which ends what the footer says; the world goes on by itself.
    var comesFromAPerson: Bool {
        if case .received = self { return false }
        if case .tick = self { return false }
        if case .resize = self { return false }
        if case .addBackend = self { return false }
        if case .applySettings = self { return false }
        if case .applyRules = self { return false }
        if case .recall = self { return false }
        if case .performed = self { return false }
        if case .probed = self { return false }
        if case .say = self { return false }
        return true
    }
}
