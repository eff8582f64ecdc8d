extension SecretScan {
    /// Parts of a name, each of which makes it the name of a secret.
    private static let secretParts: Set<String> = [
        "password", "passwd", "pwd", "passphrase", "secret", "secrets", "token", "authorization",
        "credential",
        "credentials", "apikey", "cookie", "jwt",
    ]
    /// Ends of parts that are not told apart, as in `PGPASSWORD`.
    private static let secretEndings = ["password", "passwd", "secret", "token", "apikey"]
    /// Parts that make `key` that of a secret when they stand before it.
    private static let keyKinds: Set<String> = [
        "api", "access", "private", "secret", "signing", "encryption",
    ]
    /// Parts by which a name counts, limits or describes secrets and holds none.
    private static let harmlessParts: Set<String> = [
        "count", "usage", "limit", "max", "total", "type", "file", "budget", "expires", "expiry", "length",
        "name", "status", "valid", "source", "url", "endpoint",
    ]

    /// Whether what has this name is a secret: `password`, `apiKey`, `OPENAI_API_KEY`, `x-auth-token`.
    static func isSecretName(_ name: String) -> Bool {
        let parts = parts(of: name)
        if parts.contains(where: harmlessParts.contains) { return false }
        let isSecret = parts.contains { part in
            secretParts.contains(part) || secretEndings.contains { part.hasSuffix($0) }
        }
        if isSecret { return true }
        return zip(parts, parts.dropFirst()).contains { keyKinds.contains($0) && $1 == "key" }
    }

    /// The parts of a name, split at `_`, `-`, `.` and where capitals begin, in lower case.
    private static func parts(of name: String) -> [String] {
        var (parts, part, wasLower) = ([String](), "", false)
        for character in name.prefix(128) {
            if character == "_" || character == "-" || character == "." || character == " " {
                if !part.isEmpty { parts.append(part) }
                (part, wasLower) = ("", false)
                continue
            }
            if character.isUppercase, wasLower {
                parts.append(part)
                part = ""
            }
            wasLower = character.isLowercase || character.isNumber
            part += character.lowercased()
        }
        return part.isEmpty ? parts : parts + [part]
    }

    /// Whether any secret can be in these bytes: quick, and never wrong when it says no.
    static func isWorthALook(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable(holdsHint) ?? Array(bytes).withUnsafeBufferPointer(holdsHint)
    }

    /// Every secret that is found has one of these before or at its begin, in some case.
    private static let hints = [
        "passw", "pwd", "passphrase", "secret", "token", "key", "authorization", "credential", "cookie",
        "jwt",
        "bearer", "basic", "eyj", "sk-", "sk_", "rk_", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_",
        "glpat-",
        "xox", "xapp-", "akia", "asia", "aiza", "hf_", "npm_", "://", "-----begin",
    ].map { Array($0.utf8) }

    /// The hints by their first byte.
    private static let hintsByFirst: [[[UInt8]]] = (0..<256).map { first in
        hints.filter { Int($0[0]) == first }
    }

    private static func holdsHint(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for start in bytes.indices {
            let candidates = hintsByFirst[Int(lower(bytes[start]))]
            for hint in candidates where start + hint.count <= bytes.count {
                var length = 1
                while length < hint.count, lower(bytes[start + length]) == hint[length] { length += 1 }
                if length == hint.count { return true }
            }
        }
        return false
    }

    static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(lower(byte)) || (0x30...0x39).contains(byte) || byte == 0x5F || byte >= 0x80
    }

    static func isKeyByte(_ byte: UInt8) -> Bool {
        byte < 0x80 && (isWord(byte) || byte == UInt8(ascii: "-"))
    }

    /// RFC 6750 section 2.1, b64token.
    static func isCredentialByte(_ byte: UInt8) -> Bool {
        isKeyByte(byte) || [0x2E, 0x7E, 0x2B, 0x2F, 0x3D].contains(byte)
    }

    static func isQuoteOrSpace(_ byte: UInt8) -> Bool { [0x20, 0x22, 0x27, 0x5C].contains(byte) }

    /// Whether a value without quotes ends before this byte.
    static func endsValue(_ byte: UInt8) -> Bool {
        byte <= 0x20 || [0x22, 0x27, 0x26, 0x2C, 0x3B, 0x29, 0x5D, 0x7D, 0x5C].contains(byte)
    }
}
