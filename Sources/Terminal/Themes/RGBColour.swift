/// A 24-bit colour.
public struct RGBColour: Hashable, Sendable {
    /// Each from 0 to 255.
    public let red, green, blue: Int

    /// Reads `#rrggbb`; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("#"), text.utf8.count == 7, let number = Int(text.dropFirst(), radix: 16),
            text.dropFirst().allSatisfy(\.isHexDigit)
        else { return nil }
        self.init(number)
    }

    private init(_ number: Int) {
        (red, green, blue) = (number >> 16, number >> 8 & 0xFF, number & 0xFF)
    }

    /// As `#rrggbb`.
    public var text: String {
        let digits = String(number, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// What a terminal with direct colours calls it.
    var number: Int { red << 16 | green << 8 | blue }

    /// The nearest of xterm's 256: a 6×6×6 cube from 16 and 24 greys from 232 (xterm's 256colres.pl).
    var nearestOf256: Int {
        let cube = [red, green, blue].map(Self.cubeStep)
        let inCube = 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
        let grey = min(23, max(0, ((red + green + blue) / 3 - 3) / 10))
        let greyLevel = 8 + 10 * grey
        let cubeDistance = distance(Self.levels[cube[0]], Self.levels[cube[1]], Self.levels[cube[2]])
        return distance(greyLevel, greyLevel, greyLevel) < cubeDistance ? 232 + grey : inCube
    }

    private static let levels = [0, 95, 135, 175, 215, 255]

    private static func cubeStep(_ value: Int) -> Int { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }

    private func distance(_ red: Int, _ green: Int, _ blue: Int) -> Int {
        let (r, g, b) = (self.red - red, self.green - green, self.blue - blue)
        return r * r + g * g + b * b
    }
}
