import AsyncHTTPClient
import NIOHTTP1
import WireProtocol

/// What a server's `Date` header says about its clock.
public enum ServerDate {
    /// How far the server's clock is ahead of ours, to the second; nil when it does not tell.
    ///
    /// A difference of less than three seconds is none: the header has no parts of seconds, and servers write
    /// the same one for a second or, when they are busy, longer.
    public static func skew(of target: BackendTarget, _ options: ClientOptions) async -> Duration? {
        guard let client = try? HTTPReader.client(options) else { return nil }
        let reader = HTTPReader(target: target, options: options, client: client)
        let url = target.namesPath ? target.url : target.origin + "/health"
        let before = SystemClock.now()
        let response = try? await reader.open(url, accept: "*/*", after: nil)
        let after = SystemClock.now()
        let text = response?.headers.first(name: "date")
        Task { try? await client.shutdown() }
        guard let text, let date = parse(text) else { return nil }
        if date.since(after) > .zero { return date.since(after) }
        let behind = before.since(date)
        return behind < .seconds(3) ? .zero : .zero - behind
    }

    /// Reads the fixed form of RFC 9110 section 5.6.7, `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func parse(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ").map(String.init)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: words[2]) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }
}
