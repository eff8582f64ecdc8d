import WireProtocol

/// How much of a long list was read: its newest page, a walk through the other ones, and searches for what is urgent.
struct ListTally<Search: Hashable & Sendable>: Sendable {
    /// Whether the newest page does not hold the whole list.
    var isLong = false
    /// How many rows the server counts; nil where it does not.
    var total: Int?
    /// The searches for urgent rows that were cut short.
    private var cut: Set<Search> = []
    /// How many rows without an identity are on the newest page, on the pages of the last walk and of this one.
    private var refused = (newest: 0, walked: 0, walking: 0)

    /// Notes whether a search for urgent rows was cut short.
    mutating func note(_ search: Search, isCut: Bool) {
        if isCut { cut.insert(search) } else { cut.remove(search) }
    }

    /// Notes the rows of the newest page that could not be read.
    mutating func note(refused count: Int) { refused.newest = count }

    /// The same of a page of the walk; the last page completes it.
    mutating func note(refusedInWalk count: Int, isLast: Bool) {
        refused.walking += count
        if isLast { (refused.walked, refused.walking) = (refused.walking, 0) }
    }

    /// How much was read; nil when that is everything.
    ///
    /// - Parameter isWalked: whether the last walk reached the end of the list.
    func listed(read: Int, isWalked: Bool) -> Coverage.Listed? {
        let unread = refused.newest + (isLong ? max(refused.walked, refused.walking) : 0)
        let isCut = isLong && !isWalked
        guard total.map({ $0 > read }) ?? isCut || unread > 0 else { return nil }
        let counted = (total ?? (isCut ? nil : read)).map { max($0, read + unread) }
        // What cannot be read may be waiting, failed or busy.
        return Coverage.Listed(
            read: read, total: counted, missesUrgent: isLong && !cut.isEmpty || unread > 0)
    }
}
