/// What `--ascii` draws in place of a glyph.
enum ASCIIStandIn {
    /// The stand-in for a character beyond ASCII; a question mark for those without one.
    static func of(_ scalar: UInt32) -> UInt32 {
        guard let scalar = UnicodeScalar(scalar), let found = table[scalar] else { return 0x3F }
        return found.value
    }

    private static let table: [UnicodeScalar: UnicodeScalar] = {
        let pairs: [(String, String)] = [
            ("●◐○✕–?▲✓⊘▸…·", "*oo" + "x-?^+0>.."), ("│┃║├┤┼└┘┌┐┬┴", "|||+++++++++"), ("─━═", "---"),
            ("█▓▒░", "##=."), ("▁▂▃▄▅▆▇", "__--==="), ("↻→←↑↓⏎›▴▾▼», ", "@><^v<>^vv>, "), ("“”‘’", "\"\"''"),
        ]
        var table: [UnicodeScalar: UnicodeScalar] = [:]
        for (glyphs, standIns) in pairs {
            for (glyph, standIn) in zip(glyphs.unicodeScalars, standIns.unicodeScalars) {
                table[glyph] = standIn
            }
        }
        return table
    }()
}
