/// How many synthetic users there are and how busy they are.
public struct SyntheticTraffic: Sendable, Equatable {
    /// How many users; dealt round-robin over the three paths.
    public var users: Int
    /// Runs per user per minute; 6 unless said otherwise.
    public var rate: Double
    /// The seed of everything that looks random.
    public var seed: UInt64 = 1

    /// Chooses the load.
    public init(users: Int, rate: Double = 6) {
        self.users = users
        self.rate = rate
    }

    /// Reads `USERS[:RATE]`: users from 1 to 10,000, a rate above 0 and at most 6,000 a minute.
    public init?(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let users = Int(parts[0]), (1...10_000).contains(users) else {
            return nil
        }
        self.init(users: users)
        guard parts.count == 2 else { return }
        guard let rate = Double(parts[1]), rate > 0, rate <= 6000 else { return nil }
        self.rate = rate
    }
}

/// The people that synthetic users pretend to be, in turn.
enum Cast {
    static let names = [
        "ada@acme.io", "chen@acme.io", "lee@initech.io", "mira@globex.eu", "raj@globex.eu", "ops-bot",
        "山田@example.jp", "eva@acme.io", "zoe@globex.eu", "omar@initech.io", "ines@acme.io", "old-runner",
    ]

    /// The name of user number `index`: the cast first, then numbered.
    static func name(_ index: Int) -> String {
        index < names.count ? names[index] : "user-\(index + 1)@example.com"
    }

    static let prompts = [
        "Which dispatcher leaked?", "Summarise the migration", "How many runs failed today?",
        "Compare the two reports", "Find the evidence for the last verdict", "What changed since yesterday?",
        "Draft the incident note", "Check the totals again",
    ]
}
