import WireProtocol

/// Times as a screen shows them: steady, so that a quiet screen is not redrawn.
public enum AgeText {
    /// What stands where nothing is known; never a zero.
    public static let none = "·"

    /// By 1 s below 10 s, by 10 s below a minute, then minutes, hours, days: `2s 40s 4m 3h 3d04h`.
    public static func age(_ duration: Duration?) -> String {
        guard let duration else { return none }
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<10: return "\(seconds)s"
        case ..<60: return "\(seconds / 10 * 10)s"
        case ..<3600: return "\(seconds / 60)m"
        case ..<86_400: return "\(seconds / 3600)h"
        default:
            let hours = seconds % 86_400 / 3600
            return "\(seconds / 86_400)d" + (hours < 10 ? "0" : "") + "\(hours)h"
        }
    }

    /// In whole seconds below two minutes, for sentences: `48s`; then as ``age(_:)``.
    public static func exact(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return seconds < 120 ? "\(seconds)s" : age(duration)
    }

    /// How much longer ``age(_:)`` reads as it does for a duration that grows.
    static func timeToChange(ofAge duration: Duration) -> Duration {
        timeToChange(duration) { $0 < 10 ? 1 : $0 < 60 ? 10 : $0 < 3600 ? 60 : 3600 }
    }

    /// How much longer ``exact(_:)`` reads as it does for a duration that grows.
    static func timeToChange(ofExact duration: Duration) -> Duration {
        timeToChange(duration) { $0 < 120 ? 1 : $0 < 3600 ? 60 : 3600 }
    }

    /// The time to the next multiple of a step, which depends on the whole seconds; a future moment reads as 0 s.
    private static func timeToChange(_ duration: Duration, step: (Int64) -> Int64) -> Duration {
        let milliseconds = duration.wholeMilliseconds
        let seconds = max(0, milliseconds / 1000)
        let step = step(seconds)
        // Wrapping, because the wire may date something at the end of all time.
        return .milliseconds((seconds / step + 1) &* step &* 1000 &- milliseconds)
    }

    /// How long something took: `0.4s` below ten seconds, `57s` below a minute, then `4m05s`, hours and days.
    public static func took(_ duration: Duration?) -> String {
        guard let duration else { return none }
        let tenths = max(0, duration.wholeMilliseconds) / 100
        switch tenths {
        case ..<100: return "\(tenths / 10).\(tenths % 10)s"
        case ..<600: return "\(tenths / 10)s"
        case ..<36_000:
            return "\(tenths / 600)m" + (tenths / 10 % 60 < 10 ? "0" : "") + "\(tenths / 10 % 60)s"
        default: return age(duration)
        }
    }

    /// A tick of a scale: whole seconds from ten on, else one digit behind the point: `0s`, `1.4s`, `20s`, `2m05s`.
    public static func tick(_ duration: Duration) -> String { duration <= .zero ? "0s" : took(duration) }

    /// With a sign, for a clock's skew: `+0.1s`, `-2.0s`; what is shown as zero has none.
    public static func signed(_ duration: Duration?) -> String {
        guard let duration else { return none }
        let amount = took(duration < .zero ? .zero - duration : duration)
        return (amount == took(.zero) ? "" : duration < .zero ? "-" : "+") + amount
    }
}
