/// What can be said without any target: terminal, colours, locale, configuration.
public enum LocalDiagnosis {
    /// The signs of the screens whose width terminals disagree about (Unicode TR 11, "ambiguous").
    public static let glyphs = ["●", "◐", "○", "▲", "✕", "█", "│", "→", "…", "▸"]

    /// Every section.
    public static func sections(_ surroundings: Surroundings) -> [DiagnosisSection] {
        [
            DiagnosisSection(
                "TERMINAL", [terminal(surroundings), size(surroundings), colours(surroundings)]),
            DiagnosisSection("LOCALE", [locale(surroundings), signs(surroundings)]),
            DiagnosisSection("CONFIGURATION", [configuration(surroundings)]),
        ]
    }

    private static func terminal(_ around: Surroundings) -> Diagnosis {
        let name = around.environment["TERM"] ?? ""
        guard around.isTerminal else {
            return Diagnosis(
                .unknown, "terminal", "standard input or output is none; the console would print plain text")
        }
        switch name {
        case "":
            return Diagnosis(
                .broken, "terminal", "TERM is not set", advice: "set TERM, for instance TERM=xterm-256color")
        case "dumb":
            return Diagnosis(
                .broken, "terminal", "TERM=dumb cannot place a cursor",
                advice: "use another terminal, or `ctxtop snapshot TARGET --format plain`")
        default: return Diagnosis(.ok, "terminal", "TERM=\(name)")
        }
    }

    private static func size(_ around: Surroundings) -> Diagnosis {
        guard let (columns, lines) = around.size else {
            return Diagnosis(.unknown, "size", "not known: there is no terminal to ask")
        }
        let seen = "\(columns)x\(lines)"
        if columns < 80 || lines < 24 {
            return Diagnosis(
                .warning, "size", seen,
                advice: "make the window 80x24 or larger: below that, columns and lines are left out")
        }
        let more = columns < 120 ? "; from 120 columns on, list and detail stand side by side" : ""
        return Diagnosis(.ok, "size", seen + more)
    }

    private static func colours(_ around: Surroundings) -> Diagnosis {
        let name = around.environment["TERM"] ?? ""
        if let off = around.environment["NO_COLOR"], !off.isEmpty {
            return Diagnosis(.ok, "colours", "left out, NO_COLOR is set")
        }
        guard around.isTerminal, !name.isEmpty, name != "dumb" else {
            return Diagnosis(.unknown, "colours", "not known: there is no terminal to ask")
        }
        if name.hasSuffix("-direct") || ["truecolor", "24bit"].contains(around.environment["COLORTERM"]) {
            return Diagnosis(.ok, "colours", "16 million")
        }
        if name.contains("256") || name.hasPrefix("tmux") { return Diagnosis(.ok, "colours", "256") }
        if name.hasPrefix("vt1") || name.hasPrefix("vt2") {
            return Diagnosis(.ok, "colours", "none; severity is always a letter and a sign as well")
        }
        return Diagnosis(
            .ok, "colours", "8, as TERM=\(name) says",
            advice: "if the terminal has 256, say so: TERM=\(name)-256color")
    }

    private static func locale(_ around: Surroundings) -> Diagnosis {
        let variable = ["LC_ALL", "LC_CTYPE", "LANG"].first { around.environment[$0]?.isEmpty == false }
        let seen = variable.map { "\($0)=\(around.environment[$0] ?? "")" } ?? "no LC_ALL, LC_CTYPE or LANG"
        if around.isUTF8 { return Diagnosis(.ok, "locale", seen + ", UTF-8") }
        return Diagnosis(
            .warning, "locale", seen + " is not UTF-8, so only ASCII is drawn",
            advice: "set LC_ALL=C.UTF-8, which every Debian and Ubuntu has")
    }

    private static func signs(_ around: Surroundings) -> Diagnosis {
        guard let widths = around.glyphWidths else {
            return Diagnosis(.unknown, "signs", "the terminal was not asked or did not answer")
        }
        let wide = glyphs.filter { widths[$0] != 1 }
        if wide.isEmpty { return Diagnosis(.ok, "signs", "each is one column wide: \(glyphs.joined())") }
        return Diagnosis(
            .warning, "signs", "not one column wide here: \(wide.joined(separator: " "))",
            advice: "use --ascii, or set the terminal's ambiguous-width characters to narrow")
    }

    private static func configuration(_ around: Surroundings) -> Diagnosis {
        let home = around.environment["HOME"].map { $0 + "/.config" }
        let base = around.environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        guard let base else {
            return Diagnosis(
                .warning, "file", "neither XDG_CONFIG_HOME nor HOME is set", advice: "set HOME")
        }
        let path = base + "/ctxtop/config.toml"
        switch around.canRead(path) {
        case nil: return Diagnosis(.ok, "file", "none at \(path); the defaults hold")
        case true?: return Diagnosis(.ok, "file", path)
        case false?:
            return Diagnosis(
                .broken, "file", "\(path) cannot be read", advice: "make it readable: chmod u+r '\(path)'")
        }
    }
}
