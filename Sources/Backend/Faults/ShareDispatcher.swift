extension Fault {
    /// The factory caches by path where it should make by user.
    static let shareDispatcher = Fault(
        "share-dispatcher", "each path caches its first dispatcher and gives it to every user"
    ).with { $0.dispatchers = .isCached }
}
