import Screen

/// The one rule for text that leaves the console: a terminal cannot obey any of it (``PlainText``).
enum SafeText {
    /// Lines for people: line feeds stay, every other control is replaced.
    static func lines(_ text: String) -> String {
        guard mayBeUnsafe(text) else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { PlainText.sanitized(String($0)) }.joined(separator: "\n")
    }

    /// JSON or lines of it: controls inside strings are escaped, so that the meaning stays; those between
    /// tokens become spaces, but for line feeds.
    ///
    /// A backend's lines are kept as they came, and may have raw controls in strings, which RFC 8259
    /// section 7 forbids.
    static func json(_ text: String) -> String {
        guard mayBeUnsafe(text) else { return text }
        var safe = String.UnicodeScalarView()
        var (isInString, isEscaped) = (false, false)
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) || scalar == "\n" && isInString {
                // After a backslash stands a control that no escape has: the backslash itself stays one.
                if isEscaped { safe.append("\\") }
                safe.append(contentsOf: isInString ? escape(scalar) : " ".unicodeScalars)
                isEscaped = false
                continue
            }
            safe.append(scalar)
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = isInString
            } else if scalar == "\"" {
                isInString.toggle()
            }
        }
        return String(safe)
    }

    /// Whether the text has a byte that a control is or begins with in UTF-8; a large document has none.
    private static func mayBeUnsafe(_ text: String) -> Bool {
        text.utf8.contains { byte in
            switch byte {
            case 0x0A: false
            // U+0080 to 009F, U+061C, U+2000 to 2FFF, U+F000 to FFFF, U+C0000 to FFFFF.
            case 0..<0x20, 0x7F, 0xC2, 0xD8, 0xE2, 0xEF, 0xF3: true
            default: false
            }
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        PlainText.isControl(scalar.value) && scalar != "\n"
    }

    /// RFC 8259 section 7: `\u` with four digits, for each UTF-16 code unit.
    private static func escape(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined().unicodeScalars
    }
}
