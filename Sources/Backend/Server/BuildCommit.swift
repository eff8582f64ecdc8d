#if canImport(Glibc)
    import Glibc
#endif

/// Which commit the running program was built from, as far as it can know.
///
/// `make install` writes it behind the installed program, which does not change
/// how that runs (elf(5): only what the headers name is loaded); a program that is
/// linked anew has no such line and says `unknown`. An archive made by
/// `git archive` has it in its sources (gitattributes(5), export-subst).
public enum BuildCommit {
    /// The commit, `+changes` behind it when there were some; `unknown` when nobody wrote it down.
    public static let text = stamped ?? archived ?? "unknown"

    /// What `make install` writes before the commit.
    static let mark = "\nctxtop commit "

    private static let archived: String? = {
        let text = "$Format:%h$"
        return text.hasPrefix("$") ? nil : text
    }()

    private static var stamped: String? {
        let descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, lseek(descriptor, -128, SEEK_END) >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        return commit(inTail: bytes.prefix(max(0, count)))
    }

    /// The commit in the last bytes of a program; nil when there is none.
    static func commit(inTail bytes: some Collection<UInt8>) -> String? {
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").last ?? ""
        guard line.hasPrefix(mark.dropFirst()) else { return nil }
        let commit = line.dropFirst(mark.count - 1)
        let isCommit = commit.prefix { $0.isHexDigit }.count >= 7
        return isCommit && commit.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+") }
            ? String(commit) : nil
    }
}
