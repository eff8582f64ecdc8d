import WireProtocol

/// One list of AgentOS, page by page: the sessions of a kind in one database.
struct AgnoList {
    /// How many sessions a page has.
    static let pageSize = 100
    /// How many pages are read; more sessions than that are counted only.
    static let maximumPages = 20

    let kind: String
    /// The database, where there are several.
    let database: String?
    /// How many sessions the server counts; nil before it was read.
    private(set) var total: Int?
    /// Whether it was asked for, whatever the answer.
    var wasTried = false
    private var pages: [Int: [String]] = [:]
    private var refusedRows: [Int: Int] = [:]

    init(kind: String, database: String?) {
        self.kind = kind
        self.database = database
    }

    /// Whether every page was read that is to be read.
    var isRead: Bool { total != nil && (1...pageCount).allSatisfy { pages[$0] != nil } }

    /// The pages to ask for: the first one often, since what changed last is on it.
    var requests: [(page: Int, request: DialectRequest)] {
        (1...pageCount).map { page in
            var path = "/sessions?type=\(kind)&limit=\(Self.pageSize)&page=\(page)"
            path += "&sort_by=updated_at&sort_order=desc"
            if let part = database.flatMap({ URLPart.encoded($0) }) { path += "&db_id=" + part }
            return (page, DialectRequest(path, .every(.seconds(page == 1 ? 3 : 15))))
        }
    }

    private var pageCount: Int {
        min(Self.maximumPages, max(1, ((total ?? 0) + Self.pageSize - 1) / Self.pageSize))
    }

    /// Takes a page, and gives the sessions that no page lists any more; on one page alone they are gone,
    /// among several they may have moved to another while it was read.
    ///
    /// - Parameter refused: how many rows of the page have no id.
    mutating func take(_ ids: [String], page: Int, total: Int?, refused: Int) -> [String] {
        let before = pages.values.joined().map { $0 }
        self.total = total ?? max(ids.count, self.total ?? 0)
        pages[page] = ids
        refusedRows[page] = refused
        pages = pages.filter { $0.key <= pageCount }
        refusedRows = refusedRows.filter { $0.key <= pageCount }
        let listed = Set(pages.values.joined())
        return before.filter { !listed.contains($0) }
    }

    /// How many rows of its pages have no id.
    var refused: Int { refusedRows.values.reduce(0, +) }

    /// Whether the server counts more sessions than are read.
    var isCut: Bool { (total ?? 0) > Self.maximumPages * Self.pageSize }

    /// Whether all of its sessions are on one page.
    var isOnePage: Bool { pageCount == 1 }
}
