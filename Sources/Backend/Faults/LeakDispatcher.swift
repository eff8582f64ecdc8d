extension Fault {
    /// Sessions and jobs end, their dispatchers are kept for ever.
    static let leakDispatcher = Fault(
        "leak-dispatcher", "contexts end and nobody disposes their dispatchers"
    ).with { $0.dispatchers = .staysAfterItsContext }
}
