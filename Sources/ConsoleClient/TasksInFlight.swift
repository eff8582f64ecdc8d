/// Runs `body` for each element, at most `limit` at a time; the results are in the order of the elements.
func tasks<Element: Sendable, Result: Sendable>(
    _ elements: [Element], inFlight limit: Int, _ body: @escaping @Sendable (Element) async -> Result
) async -> [Result] {
    await withTaskGroup(of: (place: Int, result: Result).self) { group in
        var results: [(place: Int, result: Result)] = []
        for (place, element) in elements.enumerated() {
            if place >= limit, let done = await group.next() { results.append(done) }
            group.addTask { (place, await body(element)) }
        }
        for await done in group { results.append(done) }
        return results.sorted { $0.place < $1.place }.map(\.result)
    }
}
