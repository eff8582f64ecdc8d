public import ConsoleModel

/// What is said, line by line, about a state that changes.
public protocol LineVoice {
    /// What its lines are.
    var form: OutputStreams.Form { get }

    /// The lines about what is new since the last question; asked after each message and once a second.
    ///
    /// - Parameter isSecond: whether a second has passed, or all is said; what takes long waits for that.
    mutating func lines(about state: ConsoleState, isSecond: Bool) -> [String]
}
