/// Makes text from the wire safe to print: the one rule for screens and for plain output.
public enum PlainText {
    /// Whether a terminal could obey this character instead of showing it.
    ///
    /// C0, DEL and C1 (ECMA-48), and the bidirectional controls of Unicode TR 9,
    /// which turn the rest of a line round.
    public static func isControl(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069,
            0xFFF9...0xFFFB:
            true
        case 0xE0001...0xE007F: true
        default: false
        }
    }

    /// The text with every control as U+FFFD, line breaks and tabs as a space, and nothing else changed.
    public static func sanitized(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0.value) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(replacement(scalar) ?? scalar) }
        return String(result)
    }

    /// What stands for a control; nil when the character is none.
    static func replacement(_ scalar: UnicodeScalar) -> UnicodeScalar? {
        guard isControl(scalar.value) else { return nil }
        return [0x09, 0x0A, 0x0D].contains(scalar.value) ? " " : "\u{FFFD}"
    }
}
