import Testing

@testable import WebSocketTransport

@Suite struct UTF8ValidatorTests {
    /// How many bytes are accepted before the first refused one; `nil` when all are.
    private func firstRefused(_ bytes: [UInt8]) -> (index: Int?, isComplete: Bool) {
        var validator = UTF8Validator()
        for (index, byte) in bytes.enumerated() {
            let isAccepted = [byte].withUnsafeBytes { validator.accepts($0) }
            if !isAccepted { return (index, false) }
        }
        return (nil, validator.isComplete)
    }

    @Test(arguments: [
        "", "Hello", "\u{0}\u{7F}", "\u{80}\u{7FF}", "\u{800}\u{D7FF}\u{E000}\u{FFFD}\u{FFFF}",
        "\u{10000}\u{10FFFF}", "κόσμε 作者 ❤️ 😀", "0123456é", "01234567é", "012345678901234567890123456789",
    ]) func rightTextPassesInEveryCut(_ text: String) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var validator = UTF8Validator()
            #expect(bytes[..<cut].withUnsafeBytes { validator.accepts($0) })
            #expect(bytes[cut...].withUnsafeBytes { validator.accepts($0) })
            #expect(validator.isComplete)
        }
    }

    @Test(
        arguments: [
            ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xF5, 0x80], 0), ([0xFF], 0),
            ([0xC2, 0x7F], 1), ([0xC2, 0xC0], 1), ([0xE0, 0x9F, 0xBF], 1), ([0xED, 0xA0, 0x80], 1),
            ([0xF0, 0x8F, 0xBF], 1), ([0xF4, 0x90, 0x80], 1), ([0xE1, 0x80, 0x7F], 2),
            ([0xF1, 0x80, 0x80, 0xC0], 3),
            ([0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x80], 8),
        ] as [([UInt8], Int)])
    func wrongTextFailsAtItsFirstWrongByte(_ bytes: [UInt8], _ index: Int) {
        #expect(firstRefused(bytes).index == index)
        var validator = UTF8Validator()
        #expect(!bytes.withUnsafeBytes { validator.accepts($0) })
    }

    @Test(
        arguments: [
            [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]]) func boundaryCharactersPassAndTheirBeginningsAreIncomplete(_ bytes: [UInt8])
    {
        #expect(firstRefused(bytes) == (nil, true))
        for count in 1..<bytes.count { #expect(firstRefused(Array(bytes.prefix(count))) == (nil, false)) }
    }
}
