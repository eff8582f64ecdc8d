/// Finds texts by a few of their letters.
enum Fuzzy {
    /// The texts that hold the letters in this order, the best first: those that begin with them, then those
    /// that hold them in one piece, then the rest; shorter ones first. Everything for no letters.
    static func ranked(_ texts: [String], by letters: String) -> [String] {
        if letters.isEmpty { return texts }
        let wanted = letters.lowercased()
        var ranked: [(rank: Int, length: Int, order: Int)] = []
        for (index, text) in texts.enumerated() {
            if let rank = rank(text.lowercased(), wanted) { ranked.append((rank, text.count, index)) }
        }
        return ranked.sorted { ($0.rank, $0.length, $0.order) < ($1.rank, $1.length, $1.order) }.map {
            texts[$0.order]
        }
    }

    private static func rank(_ text: String, _ wanted: String) -> Int? {
        if text.hasPrefix(wanted) { return 0 }
        if CaselessText(wanted).isIn(text) { return 1 }
        var rest = wanted[...]
        for character in text where character == rest.first { rest.removeFirst() }
        return rest.isEmpty ? 2 : nil
    }
}
