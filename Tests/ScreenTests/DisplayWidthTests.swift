import CNcurses
import Screen
import Testing

/// Every code point of the planes that hold characters against the `wcwidth` that ncurses asks.
@Suite struct DisplayWidthTests {
    private static let libc: [Int8]? = {
        var widths = [Int8](repeating: -1, count: TextMetrics.scalarCount)
        return cn_widths(&widths) ? widths : nil
    }()

    @Test func theTerminalsTableIsTheCLibrarys() throws {
        let libc = try #require(Self.libc, "there is no locale C.UTF-8")
        let metrics = TextMetrics(widths: libc)
        let different = (UInt32(0)..<0x11_0000).filter { scalar in
            let expected = (0...2).contains(libc[Int(scalar)]) ? Int(libc[Int(scalar)]) : nil
            return metrics.width(scalar) != expected
        }
        #expect(different.isEmpty, "\(different.prefix(20))")
        #expect(metrics.width(0x11_0000) == nil)
    }

    /// The one listed difference: what is not assigned takes one column in our table, and cannot be shown in glibc's.
    @Test func theStandardTableDiffersOnlyWhereNothingIsAssigned() throws {
        let libc = try #require(Self.libc, "there is no locale C.UTF-8")
        let different = (UInt32(0)..<0x11_0000).filter { scalar in
            libc[Int(scalar)] >= 0 && TextMetrics.standard.width(scalar) != Int(libc[Int(scalar)])
        }
        #expect(different.isEmpty, "\(different.prefix(20).map { String($0, radix: 16) })")
    }

    @Test(
        arguments: [
            ("a", 1), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("カ", 2), ("ｶ", 1), ("🚀", 2), ("한", 2), ("●", 1),
            ("\u{200B}", 0), ("\u{1B}[2J", 4), ("", 0), ("עברית", 5), ("ไทย", 3),
            ("e\u{301}\u{302}\u{303}", 1),
        ] as [(String, Int)])
    func aTextTakesItsColumns(_ text: String, _ columns: Int) throws {
        let libc = try #require(Self.libc, "there is no locale C.UTF-8")
        #expect(TextMetrics(widths: libc).width(of: text) == columns)
        #expect(TextMetrics.standard.width(of: text) == columns)
    }
}
