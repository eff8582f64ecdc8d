import WireProtocol

/// A walk through the pages of a long list: one page at a time, within a budget, and again after a pause.
///
/// A row can move past the page that is asked for while the walk is under way, so a row
/// is gone only when two walks in a row did not meet it.
struct PageWalk<Page: Hashable & Sendable>: Sendable {
    /// How many rows one walk reads at most.
    static var maximumRows: Int { 10_000 }
    /// The pause between the end of a walk and the next one.
    static var pause: Duration { .seconds(30) }

    /// The page to ask for now; nil while no walk is under way.
    private(set) var next: Page?
    /// Whether the newest walk reached the end of the list; nil before the first one ended.
    private(set) var isWhole: Bool?
    private var seen: Set<String> = []
    private var missed: Set<String> = []
    private var endedAt: Timestamp?

    /// Takes the first page, which is asked for all the time, and begins a walk when one is due.
    ///
    /// Returns the rows of `known` that are gone from the list.
    mutating func take(
        first ids: [String], next page: Page?, known: some Sequence<String>, at moment: Timestamp
    ) -> [String] {
        guard let page else {
            (next, seen, endedAt, isWhole, missed) = (nil, [], nil, true, [])
            let listed = Set(ids)
            return known.filter { !listed.contains($0) }
        }
        if next != nil {
            seen.formUnion(ids)
        } else if endedAt.map({ moment.since($0) >= Self.pause }) ?? true {
            seen = Set(ids)
            next = page
        }
        return []
    }

    /// Takes the page that was asked for; returns the rows of `known` that two walks did not meet.
    mutating func take(
        page ids: [String], next page: Page?, known: some Sequence<String>, at moment: Timestamp
    ) -> [String] {
        guard next != nil else { return [] }
        seen.formUnion(ids)
        // A page that names itself as the next one would be asked for again and again.
        let isEnd = page == nil || page == next
        guard isEnd || seen.count >= Self.maximumRows else {
            next = page
            return []
        }
        (next, endedAt, isWhole) = (nil, moment, isEnd)
        guard isEnd else {
            missed = []
            return []
        }
        let absent = Set(known.filter { !seen.contains($0) })
        let gone = missed.intersection(absent)
        missed = absent
        return Array(gone)
    }

    /// Ends a walk whose page could not be read; the next one begins after the pause.
    mutating func abandon(at moment: Timestamp) {
        guard next != nil else { return }
        (next, endedAt, isWhole, missed) = (nil, moment, false, [])
    }
}
