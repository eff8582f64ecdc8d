public import WireProtocol

/// One point of one metric with one set of attributes.
public struct TelemetryMetric: Hashable, Sendable {
    /// What its value means.
    public enum Kind: Hashable, Sendable { case gauge, sum, histogram, summary }

    /// Which measurements are in a sum: those since the point before, or all since its start.
    public enum Temporality: Hashable, Sendable { case unspecified, delta, cumulative }

    /// Which program.
    public var resource = TelemetryResource()
    /// The metric's name.
    public var name = ""
    /// Its unit, such as `s` or `{token}`.
    public var unit = ""
    /// What the point is about.
    public var attributes: TelemetryAttributes = [:]
    /// What its value means.
    public var kind = Kind.gauge
    /// Which measurements are in it; of sums and histograms only.
    public var temporality = Temporality.unspecified
    /// Since when it counts; zero when the source did not say.
    public var start = Timestamp(milliseconds: 0)
    /// When it was measured; zero when the source did not say.
    public var time = Timestamp(milliseconds: 0)
    /// The value, or the sum of a histogram.
    public var value = 0.0
    /// How many measurements are in the sum; nil for plain numbers.
    public var count: Int?

    /// A metric of which nothing is known.
    init() {}
}
