@testable import ConsoleApp
import Testing

/// What `ctxtop doctor` says about this side, for surroundings of every kind.
@Suite struct DiagnosisTests {
    private func around(
        _ environment: [String: String] = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/home/ada"],
        isTerminal: Bool = true, size: (columns: Int, lines: Int)? = (120, 36), isUTF8: Bool = true,
        glyphs: Int? = 1, canRead: Bool? = nil
    ) -> Surroundings {
        let widths = glyphs.map { width in
            Dictionary(uniqueKeysWithValues: LocalDiagnosis.glyphs.map { ($0, width) })
        }
        return Surroundings(
            environment: environment, isTerminal: isTerminal, size: size, isUTF8: isUTF8,
            glyphWidths: widths, canRead: { _ in canRead })
    }

    private func diagnosis(_ what: String, _ surroundings: Surroundings) throws -> Diagnosis {
        try #require(LocalDiagnosis.sections(surroundings).flatMap(\.diagnoses).first { $0.what == what })
    }

    @Test func goodSurroundingsHaveNothingToFix() {
        let report = DoctorReport(LocalDiagnosis.sections(around()), isUnreachable: false)
        #expect(report.exit == 0)
        #expect(report.text.hasSuffix("6 work, nothing to fix\n"))
    }

    @Test(
        arguments: [
            ((80, 24), .ok), ((79, 24), .warning), ((80, 23), .warning), (nil, .unknown),
        ] as [((Int, Int)?, Diagnosis.Status)])
    func theLeastSizeIs80x24(_ size: (Int, Int)?, _ status: Diagnosis.Status) throws {
        #expect(try diagnosis("size", around(size: size)).status == status)
    }

    @Test(
        arguments: [
            (["TERM": "dumb"], .broken), ([:], .broken), (["TERM": "xterm"], .ok),
        ] as [([String: String], Diagnosis.Status)])
    func aTerminalThatCannotPlaceACursorIsBroken(
        _ environment: [String: String], _ status: Diagnosis.Status
    ) throws {
        #expect(try diagnosis("terminal", around(environment)).status == status)
        #expect(try diagnosis("terminal", around(environment, isTerminal: false)).status == .unknown)
    }

    @Test(
        arguments: [
            (["TERM": "xterm-256color"], "256"), (["TERM": "xterm"], "8, as TERM=xterm says"),
            (["TERM": "xterm", "COLORTERM": "truecolor"], "16 million"),
            (["TERM": "xterm-direct"], "16 million"),
            (["TERM": "xterm-256color", "NO_COLOR": "1"], "left out, NO_COLOR is set"),
            (["TERM": "xterm-256color", "NO_COLOR": ""], "256"),
            (["TERM": "vt100"], "none; severity is always a letter and a sign as well"),
        ] as [([String: String], String)])
    func coloursAreWhatTheEnvironmentSays(_ environment: [String: String], _ seen: String) throws {
        #expect(try diagnosis("colours", around(environment)).seen == seen)
    }

    @Test func wideSignsProposeASCII() throws {
        #expect(try diagnosis("signs", around(glyphs: 2)).advice?.contains("--ascii") == true)
        #expect(try diagnosis("signs", around(glyphs: nil)).status == .unknown)
        #expect(try diagnosis("locale", around(isUTF8: false)).advice?.contains("LC_ALL=C.UTF-8") == true)
    }

    @Test(
        arguments: [
            (["XDG_CONFIG_HOME": "/x"], "/x/ctxtop/config.toml"),
            (["XDG_CONFIG_HOME": "x", "HOME": "/h"], "/h/.config/ctxtop/config.toml"),
            (["HOME": "/h"], "/h/.config/ctxtop/config.toml"),
        ])
    func theConfigurationIsLookedForWhereTheSpecificationSays(
        _ environment: [String: String], _ path: String
    ) throws {
        #expect(try diagnosis("file", around(environment, canRead: true)).seen == path)
        #expect(try diagnosis("file", around(environment)).seen.contains("none at \(path)"))
        #expect(try diagnosis("file", around(environment, canRead: false)).status == .broken)
    }

    @Test(
        arguments: [
            ("\u{1B}[12;34R", 34), ("abc\u{1B}[1;2R", 2), ("\u{1B}[12R", nil), ("R", nil), ("", nil),
            ("\u{1B}[1;xR", nil),
        ] as [(String, Int?)])
    func aCursorReportIsReadWhateverIsTypedBeforeIt(_ answer: String, _ column: Int?) {
        #expect(CursorReport.parse(Array(answer.utf8)) == column)
    }

    @Test(arguments: Diagnosis.Status.allCases) func theExitIsTheWorst(_ status: Diagnosis.Status) {
        let report = DoctorReport(
            [DiagnosisSection("X", [Diagnosis(.ok, "a", "b"), Diagnosis(status, "c", "d\u{1B}[2J")])],
            isUnreachable: false)
        let exits: [Diagnosis.Status: Int] = [.ok: 0, .unknown: 0, .warning: 1, .broken: 2]
        #expect(report.exit == exits[status])
        #expect(!report.text.contains("\u{1B}"))
        #expect(DoctorReport(report.sections, isUnreachable: true).exit == 3)
    }
}
