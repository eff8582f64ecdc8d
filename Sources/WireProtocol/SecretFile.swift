#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file of tokens or other secrets, which other users of the machine must not be able to read.
public enum SecretFile {
    /// Why a file must not be used, with what to do; nil when it may be, or is not there.
    ///
    /// Pipes and terminals have no permissions that matter: `--token-file <(pass show ctxtop)` may be used.
    public static func refusal(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & S_IROTH != 0
        else { return nil }
        let mode = String(status.st_mode & 0o777, radix: 8)
        return "every user of this machine may read it (mode \(mode)); run chmod 600 \(path)"
    }
}
