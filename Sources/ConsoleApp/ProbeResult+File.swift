public import ConsoleModel
import WireProtocol

#if canImport(Glibc)
    import Glibc
#endif

extension ProbeResult {
    /// Why a probe's result could not be read.
    public struct Unreadable: Error, Hashable, CustomStringConvertible {
        /// What happened, to what, and what to do.
        public let description: String
    }

    /// Reads the file that `ctxtop probe --format json` was written to.
    ///
    /// - Throws: ``Unreadable`` when there is no such document.
    public init(file path: String) throws(Unreadable) {
        guard let text = TextFile.read(path) else {
            throw Unreadable(description: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard let json = try? JSONParser.parse(Array(text.utf8)), let result = Self(json: json) else {
            throw Unreadable(
                description: "\(path) is not a probe's result; write it with ctxtop probe URL --format json")
        }
        self = result
    }
}
