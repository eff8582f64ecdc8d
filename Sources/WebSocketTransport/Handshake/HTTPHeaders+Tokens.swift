import NIOHTTP1

extension HTTPHeaders {
    /// The comma-separated tokens of a header, over all its lines, in order (RFC 9110 5.6.1).
    func tokens(_ name: String) -> [String] {
        self[canonicalForm: name].map(String.init).filter { !$0.isEmpty }
    }

    /// Whether a header holds `token`, in any case.
    func hasToken(_ token: String, in name: String) -> Bool {
        tokens(name).contains { $0.lowercased() == token }
    }
}
