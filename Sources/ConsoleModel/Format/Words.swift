import PatternDetection
import WireProtocol

extension ConsumerPath {
    /// The short word of the PATH column: `ws http bg adm`, else the first four characters.
    public var shortWord: String {
        switch kind {
        case .websocket: "ws"
        case .http: "http"
        case .background: "bg"
        case .admin: "adm"
        case nil: String(rawValue.prefix(4))
        }
    }
}

extension Verdict {
    /// The word of the PATTERN column, at most nine characters.
    public var shortWord: String {
        switch self {
        case .factory: "factory"
        case .factoryFallback: "fallback"
        case .singleton: "singleton"
        case .mixed: "mixed"
        case .hollow: "hollow"
        case .unconfigured: "unconfig"
        case .missingComponent: "missing"
        case .unknown: "unknown"
        }
    }

    /// The words of a wide column: `missing tool_dispatcher`, `singleton (legacy)`.
    public var longWords: String {
        switch self {
        case .factory: "factory"
        case .factoryFallback: "factory (fallback)"
        case .singleton: "singleton (legacy)"
        case .mixed: "mixed"
        case .hollow: "hollow"
        case .unconfigured: "unconfigured"
        case .missingComponent(let component): "missing \(component)"
        case .unknown: "unknown"
        }
    }
}

extension Severity {
    /// The mark of the `!` column: `C W n`, else a space.
    public var mark: String {
        switch self {
        case .critical: "C"
        case .warning: "W"
        case .notice: "n"
        case .ok, .unknown: " "
        }
    }

    /// The glyph that goes with it.
    public var glyph: String {
        switch self {
        case .critical: "✕"
        case .warning: "▲"
        case .notice: "◦"
        case .ok: "●"
        case .unknown: "?"
        }
    }
}

extension SessionRecord.State {
    /// The glyph before the state's word (SCREENS.md).
    public var glyph: String {
        switch self {
        case .running: "●"
        case .waiting: "◐"
        case .idle: "○"
        case .stuck: "!"
        case .looping: "↻"
        case .error: "✕"
        case .ended: "–"
        case .unknown: "?"
        }
    }

    /// The order of needs, the most urgent first.
    var rank: Int {
        switch self {
        case .error: 0
        case .stuck: 1
        case .looping: 2
        case .running: 3
        case .waiting: 4
        case .idle: 5
        case .unknown: 6
        case .ended: 7
        }
    }
}

extension RunRecord.State {
    /// The glyph before the state's word (SCREENS.md).
    public var glyph: String {
        switch self {
        case .open: "●"
        case .completed: "✓"
        case .failed: "✕"
        case .cancelled: "⊘"
        case .lost, .unknown: "?"
        }
    }
}

extension HealthStatus {
    /// The severity that its colour comes from.
    public var severity: Severity {
        switch self {
        case .pass: .ok
        case .warn: .warning
        case .fail: .critical
        case .unknown: .unknown
        }
    }
}

/// Ids as a screen shows them: UUIDv7 heads are equal, so the tail is what tells them apart.
public enum IDText {
    /// `…c07d12` for anything longer than `limit` characters: ids differ at their ends.
    public static func tail(_ id: String, within limit: Int = 12) -> String {
        id.count > limit ? "…" + id.suffix(6) : id
    }
}
